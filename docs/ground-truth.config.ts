import { defineConfig } from 'groundwire'

/**
 * Ground Truth, https://groundtruth.day, the publication groundwire was first built for.
 * Copy it to `groundwire.config.ts`, fill in what is marked, and run `npm run digest`.
 */
export default defineConfig({
  publication: {
    name: 'Ground Truth',
    description: 'Plain-language AI news and lessons, each checked against its primary source.',
    url: 'https://groundtruth.day',
    language: 'en',
    // The calendar that decides which items are today's.
    zone: 'UTC',
    // Fill in: the law asks for it at the foot of every bulk mail.
    address: '',
  },
  source: {
    location: 'https://groundtruth.day/llms-full.txt',
    kind: 'llms-full',
  },
  // Items of this section are news; lessons (`learn`) have no date and become the background block.
  sections: ['news'],
  schedule: { at: '18:00', pollMinutes: 15, catchUpDays: 3 },
  // Nothing leaves before somebody has looked: npm run digest -- --approve
  approval: 'editor',
  // Fill in: where readers reach what `groundwire start` serves.
  // url: 'https://letters.groundtruth.day',
})
