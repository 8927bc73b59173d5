import { DeploymentState } from '@vastrox/shared/deployment.ts'
import { describe, expect, it } from 'vitest'
import {
  advance,
  isCancellable,
  isDecided,
  isUnderWay,
  UNDER_WAY,
} from '#core/deployments/deployment.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import { NOON } from '#test/harness.ts'

const deployment = (state: DeploymentState): DeploymentRecord => ({
  id: 'd1',
  teamId: 't1',
  appId: 'a1',
  number: 1,
  state,
  trigger: 'push',
  actor: 'anna',
  actorId: 'u1',
  commit: null,
  ref: null,
  oldSha: null,
  sourceId: null,
  image: null,
  noCache: false,
  scale: null,
  baseReleaseId: null,
  baseEnv: false,
  releaseId: null,
  previousReleaseId: null,
  switchedAt: null,
  description: '',
  reason: null,
  hint: null,
  cancelRequested: false,
  phases: [],
  createdAt: '',
  changedAt: '',
})

const movesFrom = (state: DeploymentState): DeploymentState[] =>
  DeploymentState.options.filter((to) => {
    try {
      advance(deployment(state), to, NOON)
      return true
    } catch {
      return false
    }
  })

describe('a deployment', () => {
  it('walks its happy path and notes when each state was entered', () => {
    const path: DeploymentState[] = [
      'building',
      'releasing',
      'starting',
      'checking',
      'switching',
      'watching',
      'live',
      'superseded',
    ]
    const end = path.reduce((record, to) => advance(record, to, NOON), deployment('queued'))

    expect(end.phases.map(({ state }) => state)).toEqual(path)
    expect(end.changedAt).toBe(NOON.toISOString())
  })

  it('never leaves an end', () => {
    for (const state of ['superseded', 'reverted', 'failed', 'cancelled'] as const)
      expect(movesFrom(state)).toEqual([])
  })

  it('can be cancelled until the switch, and not after it', () => {
    expect(DeploymentState.options.filter(isCancellable)).toEqual([
      'queued',
      'building',
      'releasing',
      'starting',
      'checking',
    ])
  })

  it('cannot fail once the new release serves: only the watch takes it back', () => {
    expect(movesFrom('watching')).toEqual(['live', 'reverted'])
    expect(movesFrom('live')).toEqual(['superseded'])
  })

  it('is either waiting, under way or decided', () => {
    for (const state of DeploymentState.options)
      expect(
        Number(state === 'queued') + Number(isUnderWay(state)) + Number(isDecided(state)),
      ).toBe(1)
    expect(UNDER_WAY).not.toContain('watching')
  })
})
