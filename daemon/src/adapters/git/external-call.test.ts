import { expect, it } from 'vitest'
import { explain, withoutSecrets } from './external-call.ts'

const url = { protocol: 'ssh', host: 'h.example', port: null, user: 'git', path: '/a.git' } as const

it('What a host says without end is explained by its end, in no time', () => {
  const begun = performance.now()
  const error = explain(`${'repository '.repeat(500_000)}\nfatal: no such thing`, url)
  expect(performance.now() - begun).toBeLessThan(5_000)
  expect(error).toMatchObject({
    code: 'HOST_UNREACHABLE',
    details: { reason: 'h.example could not be asked: fatal: no such thing' },
  })
})

it('A token that the host says back is in no reason, nor is its beginning where that is cut', () => {
  const token = 'glpat-0123456789abcdefghij'
  const credentials = { kind: 'token', username: 'git', token } as const
  for (const before of ['', 'x'.repeat(170)]) {
    const said = `remote: ${before} the token ${token} has expired\nfatal: Authentication failed`
    const { details } = explain(withoutSecrets(said, { credentials }), url)

    expect(details['reason']).not.toContain(token.slice(0, 8))
  }
  expect(withoutSecrets('as it is', { credentials: { kind: 'open' } })).toBe('as it is')
})

it('A port with 403 in it is no refusal', () => {
  const said = "fatal: unable to access 'https://h.example:40311/a.git/': SSL certificate problem"

  expect(explain(said, url).code).toBe('HOST_UNREACHABLE')
  expect(explain('fatal: The requested URL returned error: 403', url).code).toBe(
    'REPOSITORY_REFUSED',
  )
})
