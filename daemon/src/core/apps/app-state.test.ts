import { describe, expect, it } from 'vitest'
import { type AppFacts, appState } from '#core/apps/app-state.ts'

const RUNNING: AppFacts = {
  wanted: true,
  hasRelease: true,
  isDeploying: false,
  isAsleep: false,
  instances: 2,
  running: 2,
}

// biome-ignore format: it reads as a table
const TABLE: [what: string, facts: Partial<AppFacts>, state: string][] = [
  ['never had a release',              { hasRelease: false, instances: 0, running: 0 }, 'never-deployed'],
  ['deploys for the first time',       { hasRelease: false, isDeploying: true },        'deploying'],
  ['deploys while the old one serves', { isDeploying: true },                           'deploying'],
  ['deploys out of being stopped',     { isDeploying: true, wanted: false },            'deploying'],
  ['was stopped',                      { wanted: false, instances: 0, running: 0 },     'stopped'],
  ['sleeps',                           { isAsleep: true, instances: 0, running: 0 },    'asleep'],
  ['deploys while it sleeps',          { isAsleep: true, isDeploying: true },           'deploying'],
  ['runs as it should',                {},                                              'running'],
  ['is scaled to nothing',             { instances: 0, running: 0 },                    'running'],
  ['has lost one of two instances',    { running: 1 },                                  'degraded'],
  ['has lost all of them',             { running: 0 },                                  'crashed'],
]

describe('the state of an app', () => {
  it.each(TABLE)('that %s', (_, facts, state) => {
    expect(appState({ ...RUNNING, ...facts })).toBe(state)
  })
})
