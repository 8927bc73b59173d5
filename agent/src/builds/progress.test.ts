import { describe, expect, it } from 'vitest'
import { createProgress, sayStep } from '#agent/builds/progress.ts'

const vertex = {
  digest: 'sha256:a',
  name: '[2/3] RUN --mount=type=cache,id=npm,target=/root/.npm npm ci',
  cached: false,
  started: true,
  completed: false,
  error: '',
}

describe('the progress of a build', () => {
  it('tells a step once, however often BuildKit repeats it, and keeps its own housekeeping quiet', () => {
    const progress = createProgress()
    const internal = { ...vertex, digest: 'sha256:b', name: '[internal] load build definition' }

    const events = [
      ...progress.take({ vertexes: [{ ...vertex, started: false }], logs: [] }),
      ...progress.take({ vertexes: [vertex, internal], logs: [] }),
      ...progress.take({ vertexes: [{ ...vertex, completed: true }], logs: [] }),
    ]

    expect(events).toEqual([{ type: 'step', name: '[2/3] RUN npm ci', cached: false }])
  })

  it('puts characters together that were cut between two chunks', () => {
    const progress = createProgress()
    const bytes = Buffer.from('für')
    const logs = [bytes.subarray(0, 2), bytes.subarray(2)].map((message) => ({
      vertex: 'sha256:a',
      message,
    }))

    expect(progress.take({ vertexes: [], logs })).toEqual([
      { type: 'output', text: 'f' },
      { type: 'output', text: 'ür' },
    ])
  })

  it('remembers the first step that failed with the last of its output', () => {
    const progress = createProgress()
    progress.take({
      vertexes: [vertex],
      logs: [{ vertex: 'sha256:a', message: Buffer.from('npm error\n') }],
    })
    progress.take({ vertexes: [{ ...vertex, error: 'exit code: 1' }], logs: [] })
    progress.take({ vertexes: [{ ...vertex, digest: 'sha256:c', error: 'canceled' }], logs: [] })

    expect(progress.failure()).toEqual({
      step: '[2/3] RUN npm ci',
      error: 'exit code: 1',
      tail: 'npm error\n',
    })
    expect(createProgress().failure()).toBeUndefined()
  })

  it('says a step without its mounts', () => {
    expect(sayStep('RUN --mount=type=secret,id=x   --mount=type=cache,target=/c npm  ci')).toBe(
      'RUN npm ci',
    )
  })
})
