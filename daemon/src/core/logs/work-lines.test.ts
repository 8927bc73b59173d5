import { expect, it } from 'vitest'
import { createWorkLines } from '#core/logs/work-lines.ts'
import type { LineToKeep } from '#ports/log-archive.ts'

it('lines of builds, release commands and runs stand in the log of their app, named by what prints', () => {
  const kept: [string, LineToKeep][] = []
  const world = { source: 'build.12' as string | undefined, asked: 0 }
  const keep = createWorkLines({
    logs: { add: async (appId, line) => void kept.push([appId, line]) },
    sourceOf: () => {
      world.asked += 1
      return world.source
    },
  })
  const of = { id: 'd1', appId: 'app1' }
  const at = '2026-11-27T02:00:00.000Z'
  keep(of, { seq: 1, at, kind: 'step', text: '-----> Building' })
  for (let seq = 2; seq < 50; seq++)
    keep(of, { seq, at, kind: 'output', text: '       npm install' })
  world.source = 'release.12'
  keep(of, { seq: 50, at, kind: 'step', text: '-----> Running the release command' })
  keep(of, { seq: 51, at, kind: 'output', text: '       migrated' })
  world.source = undefined
  keep({ id: 'gone', appId: 'app1' }, { seq: 1, at, kind: 'output', text: 'x' })

  expect(kept).toHaveLength(51)
  expect(kept.at(1)).toEqual([
    'app1',
    {
      instance: null,
      line: { at, source: 'build.12', release: null, stream: 'stdout', text: 'npm install' },
    },
  ])
  expect(kept.at(-2)?.[1].line).toMatchObject({ source: 'release.12', stream: 'platform' })
  expect(kept.at(-1)?.[1].line).toMatchObject({ source: 'release.12', text: 'migrated' })
  expect(world.asked).toBe(3)
})
