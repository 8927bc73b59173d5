import { expect, it } from 'vitest'
import { explain } from './external-call.ts'

const url = { protocol: 'ssh', host: 'h.example', port: null, user: 'git', path: '/a.git' } as const

it('What a host says without end is explained by its end, in no time', () => {
  const begun = performance.now()
  const error = explain(`${'repository '.repeat(500_000)}\nfatal: no such thing`, url)
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(error).toMatchObject({
    code: 'HOST_UNREACHABLE',
    details: { reason: 'h.example could not be asked: fatal: no such thing' },
  })
})
