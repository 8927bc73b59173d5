import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { expect, it } from 'vitest'
import { routeTable } from '../../../route-table.ts'
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
    'Overview: is all well',
    'Apps',
    'Add-ons: databases',
    'New database',
    'Backups and what is proven',
    'Calendar of backups',
    'Backup destinations',
    'Backup schedules',
    'Restores',
    'Alerts: what is wrong',
    'Alerts of before',
    'Rules of alerts',
    'Silence alerts',
    'Channels: who is told',
    'Log drains',
    'Uptime checks',
    'Env groups',
    'Node and health',
    'Metrics of the node',
    'Log of Vastrox itself',
    'Settings of the platform',
    'Domain of the platform',
    'Disk: what takes it',
    'Trash',
    'Firewall',
    'Certificates, CAs and DNS providers',
    'Tokens',
    'Webhooks to other programs',
    'Team and invitations',
    'Audit',
    'First steps',
    'Account and password',
  ])
})

it('finds by any words in any order', () => {
  expect(titles('shop log')).toEqual(['Read the log of shop'])
  expect(titles('blog')[0]).toBe('blog')
  expect(titles('log blog')[0]).toBe('Read the log of blog')
  expect(titles('nothing like it')).toEqual([])
})

it('leads to every page that needs no name, and to every page of an app', () => {
  const led = new Set<string>(commandsFor(apps).map(({ to }) => to))
  const pages = routeTable().filter((path) => !path.startsWith('/sign-in'))
  const forgotten = pages.filter((path) => !led.has(path))

  expect(forgotten.filter((path) => !path.includes('$'))).toEqual([])
  expect(forgotten.filter((path) => /^\/apps\/\$name\/[a-z-]+$/.test(path))).toEqual([])
})
