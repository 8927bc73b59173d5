import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { expect, it } from 'vitest'
import { commandsFor, findCommands } from './commands.ts'

const apps = ['shop', 'blog'].map((name) => ({
  id: name,
  name,
  stack: null,
  state: 'running' as const,
  urls: [],
  gitUrl: '',
  gitSshUrl: '',
  liveRelease: null,
  settings: DEFAULT_APP_SETTINGS,
  createdAt: '2026-11-22T12:00:00.000Z',
}))
const titles = (typed: string) => findCommands(commandsFor(apps), typed).map(({ title }) => title)

it('offers apps and pages before anything is typed, and no verbs yet', () => {
  expect(titles('')).toEqual([
    'shop',
    'blog',
    'Apps',
    'Add-ons: databases',
    'New database',
    'Backups and what is proven',
    'Backup destinations',
    'Backup schedules',
    'Restores',
    'Alerts: what is wrong',
    'Rules of alerts',
    'Silence alerts',
    'Channels: who is told',
    'Log drains',
    'Uptime checks',
    'Env groups',
    'Node and health',
    'Metrics of the node',
    'Firewall',
    'Certificates, CAs and DNS providers',
    'Tokens',
    'Team and invitations',
    'Audit',
    'Account and password',
  ])
})

it('finds by any words in any order', () => {
  expect(titles('shop log')).toEqual(['Read the log of shop'])
  expect(titles('blog')[0]).toBe('blog')
  expect(titles('log blog')[0]).toBe('Read the log of blog')
  expect(titles('nothing like it')).toEqual([])
})
