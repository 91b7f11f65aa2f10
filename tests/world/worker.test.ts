import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { isGone, workerName } from '../../src/world/worker.ts'

const linux = process.platform === 'linux'

it('names host, process and start, the same every time', () => {
  expect(workerName()).toBe(workerName())
  expect(workerName().startsWith(`${hostname()}:${process.pid}:`)).toBe(true)
})

it.runIf(linux)('knows when this process started', () => {
  expect(workerName()).toMatch(/:\d+$/)
})

it('knows that a running worker is not gone', () => {
  expect(isGone(workerName())).toBe(false)
})

it('knows a killed worker', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const name = `${hostname()}:${child.pid}:`
  expect(isGone(name)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isGone(name)).toBe(true)
})

it.runIf(linux)('tells a worker from a later process with its number', () => {
  expect(isGone(`${hostname()}:${process.pid}:1`)).toBe(true)
})

it.runIf(linux)('takes a killed process that its parent has not noticed yet for gone', async () => {
  // The shell's child dies at once; `exec` makes its parent a program that never asks after it.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
  const printed = String(await once(parent.stdout, 'data')).trim()
  const name = `${hostname()}:${printed}:1`
  await expect.poll(() => isGone(name)).toBe(true)
  parent.kill('SIGKILL')
})

it('says nothing about other hosts, and about names it cannot read', () => {
  expect(isGone(`other-host:999999:1`)).toBe(false)
  expect(isGone('')).toBe(false)
  expect(isGone('somebody')).toBe(false)
})
