import { storeContract } from '../contracts/store.ts'
import { openNewSqlite } from './open-sqlite.ts'

storeContract('SQLite', openNewSqlite)
