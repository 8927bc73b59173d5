import { type Deployment, DeploymentState } from '@vastrox/shared/deployment.ts'
import { expect, it } from 'vitest'
import {
  DEPLOYMENT_STATE,
  hasEnded,
  isCancellable,
  isOnItsWay,
  titleOf,
  tookMs,
} from './deployment-state.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString()
const deployment: Deployment = {
  id: '1',
  app: 'shop',
  number: 3,
  state: 'live',
  trigger: 'push',
  actor: 'anna',
  commit: { sha: 'a'.repeat(40), branch: 'main', subject: 'Fix the cart', author: 'Anna' },
  release: 3,
  previousRelease: 2,
  reason: null,
  hint: null,
  phases: [
    { state: 'queued', at: at(0) },
    { state: 'building', at: at(1) },
    { state: 'switching', at: at(8) },
    { state: 'watching', at: at(9) },
    { state: 'live', at: at(69) },
  ],
  createdAt: at(0),
  changedAt: at(69),
}

it('counts the time until visitors saw the release, not the watching after it', () => {
  expect(tookMs(deployment, new Date(at(300)))).toBe(9_000)
})

it('counts on while a deployment goes on', () => {
  const phases = deployment.phases.slice(0, 2)
  expect(tookMs({ ...deployment, state: 'building', phases }, new Date(at(5)))).toBe(5_000)
})

it('is named after the commit, or what was done in its place', () => {
  expect(titleOf(deployment)).toBe('Fix the cart')
  expect(titleOf({ ...deployment, trigger: 'roll-back' })).toBe('Roll back: now release v3')
  expect(titleOf({ ...deployment, trigger: 'env' })).toBe('Change of env')
})

it('offers a cancel only before the switch, and knows a name for every state', () => {
  for (const state of DeploymentState.options)
    expect(DEPLOYMENT_STATE[state].label, state).not.toBe('')
  const cancellable = DeploymentState.options.filter(isCancellable)
  expect(cancellable).toEqual(['queued', 'building', 'releasing', 'starting', 'checking'])
  expect(cancellable.every(isOnItsWay)).toBe(true)
  expect(cancellable.some(hasEnded)).toBe(false)
  expect(isOnItsWay('watching')).toBe(false)
})
