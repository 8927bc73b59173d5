import { type App, type AppState, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { describe, expect, it } from 'vitest'
import { findApps, summaryOf } from '#features/apps/find-apps.ts'

const app = (name: string, state: AppState, stack: string | null = null): App => ({
  id: name,
  name,
  stack,
  state,
  urls: [`https://${name}.example.com`],
  gitUrl: '',
  gitSshUrl: '',
  liveRelease: null,
  lastDeployment: null,
  settings: DEFAULT_APP_SETTINGS,
  createdAt: '2026-11-27T00:00:00.000Z',
})
const apps = [
  app('shop', 'running', 'node'),
  app('shop-api', 'crashed', 'go'),
  app('blog', 'stopped', 'php'),
  app('idea', 'never-deployed'),
]
const names = (search: string, wanted: Parameters<typeof findApps>[2] = 'all') =>
  findApps(apps, search, wanted).map(({ name }) => name)

describe('finding apps', () => {
  it('takes all where nothing is asked', () => {
    expect(findApps(apps, ' ', 'all')).toBe(apps)
  })

  it('wants every word, in name, stack or address', () => {
    expect(names('SHOP')).toEqual(['shop', 'shop-api'])
    expect(names('shop go')).toEqual(['shop-api'])
    expect(names('blog.example')).toEqual(['blog'])
    expect(names('nothing')).toEqual([])
  })

  it('keeps to the state that is wanted', () => {
    expect(names('', 'wrong')).toEqual(['shop-api'])
    expect(names('', 'resting')).toEqual(['blog'])
    expect(names('shop', 'running')).toEqual(['shop'])
    expect(names('', 'new')).toEqual(['idea'])
  })
})

describe('the line above them', () => {
  it('names three of those that are wrong', () => {
    const wrong = ['a', 'b', 'c', 'd', 'e'].map((name) => app(`${name}-x`, 'crashed'))

    expect(summaryOf(apps)).toBe('4 apps; look at shop-api.')
    expect(summaryOf(wrong)).toBe('5 apps; look at a-x, b-x, c-x and 2 more.')
  })

  it('says that nothing is wrong', () => {
    expect(summaryOf([app('one-x', 'running')])).toBe('1 app. Everything is as it should be.')
    expect(summaryOf([app('one-x', 'deploying')])).toContain('1 deploying')
  })
})
