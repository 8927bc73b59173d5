import { describe, expect, it } from 'vitest'
import { parseHeaders } from './static-headers.ts'
import { nginxConfig } from './static-nginx.ts'
import { parseRedirects } from './static-redirects.ts'

const configOf = (redirects: string, headers = ''): string =>
  nginxConfig({
    fallback: null,
    isBuilt: false,
    redirects: parseRedirects(redirects).rules,
    headers: parseHeaders(headers).rules,
  })

const targetOf = (line: string): string | undefined => parseRedirects(line).rules[0]?.target

describe('a rule of _redirects', () => {
  it.each([
    ['/a /b', '/b$is_args$args'],
    ['/a   /b\t302 # comment', '/b$is_args$args'],
    ['/a /b?own=1', '/b?own=1'],
    ['/a /b#part', '/b$is_args$args#part'],
    ['/a https://other.example:8443/b 308', 'https://other.example:8443/b$is_args$args'],
    ['/news/:year/:name /:name-:year', '/$2-$1$is_args$args'],
    ['/news/* /blog/:splat', '/blog/$1$is_args$args'],
    ['/:lang/* /x/:splat/:lang 200', '/x/$2/$1'],
    ['/a /b/:unknown', '/b/:unknown$is_args$args'],
    ['/a /%C3%A9/ü"x', '/%C3%A9/%C3%BC%22x$is_args$args'],
    ['/* /index.html 200', '/index.html'],
    ['/* /404.html 404', '/404.html'],
  ])('%s leads to its target', (line, target) => {
    expect(parseRedirects(line).leftOut).toEqual([])
    expect(targetOf(line)).toBe(target)
  })

  it.each([
    ['/a', 'has no target'],
    ['a /b', 'does not begin with a path'],
    ['https://old.example/* /b', 'is for another domain: add the domain to an app instead'],
    ['/a id=:id /b/:id 301', 'looks at query parameters, which is not supported'],
    [
      '/a /b 302 Country=de',
      'says more than from, to and status (conditions such as a country are not supported)',
    ],
    ['/a /b 299', 'has a status 299 that no rule can have'],
    ['/a*b /c', 'has a * that is not the end of the path'],
    ['/a //evil.example', 'has a target that is neither a path nor an http address'],
    ['/a/* https://:splat', 'has a target that is neither a path nor an http address'],
    ['/a javascript:alert(1)', 'has a target that is neither a path nor an http address'],
    ['/a/* /a/:splat', 'leads to itself'],
    ['/a /a/', 'leads to itself'],
    [
      '/api/* https://api.example/:splat 200',
      'fetches another server, which is not supported: static sites are served by themselves',
    ],
    ['/a /../../etc/passwd 200', 'has a target that is no path of a file'],
    ['/a /%2e%2e/etc/passwd 200', 'has a target that is no path of a file'],
    ['/a /.env 200', 'has a target that is no path of a file'],
    ['/a/* /.:splat 200', 'has a target that is no path of a file'],
    ['/%0d%0a /b', 'has a path that cannot be read'],
    ['/%zz /b', 'has a path that cannot be read'],
    ['/a /b\u0007', 'has a control character in its target'],
    ['/:a/:a /b', 'has two placeholders of one name'],
    [`/${'x'.repeat(1_001)} /b`, 'has a path of more than 1000 characters'],
    ['/:a/:b/:c/:d/:e/:f/:g/:h/:i/* /x', 'has more than 9 placeholders'],
  ])('%s is left out, and why is said', (line, why) => {
    expect(parseRedirects(line)).toEqual({ rules: [], leftOut: [`line 1 ${why}`] })
  })

  it('is one of a thousand at most, read in no time', () => {
    const text = Array.from({ length: 30_000 }, (_, at) => `/${at}/*  /x`).join('\n')
    const startedAt = performance.now()

    const { rules, leftOut } = parseRedirects(text)

    expect(rules).toHaveLength(1_000)
    expect(leftOut[0]).toBe('line 1001 is more than 1000 rules')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

const HOSTILE = [
  '"; } } server { listen 1; ',
  '\\"; return 200 x; #',
  '$request_body${uri}',
  "';{}",
  '\\',
  '%22%3B%7D',
]

describe('what is in a rule cannot become configuration', () => {
  const shape = (config: string): string[] =>
    config.split('\n').map((line) => line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'))

  it.each(HOSTILE)('as a path: %s', (text) => {
    const written = text.replaceAll(' ', '')
    const harmless = shape(configOf('/x /y\n/z /w 200'))

    expect(shape(configOf(`/${written} /y\n/z /w 200`))).toEqual(harmless)
    expect(shape(configOf(`/x /y${written}\n/z /w 200`))).toEqual(harmless)
    expect(shape(configOf(`/x /y\n/z /w${written} 200`))).toEqual(harmless)
  })

  it.each(HOSTILE)('as the value of a header: %s', (text) => {
    const harmless = shape(configOf('', '/a\n  X-One: x\n/b\n  Content-Type: text/x'))

    expect(shape(configOf('', `/a\n  X-One: ${text}\n/b\n  Content-Type: text/x`))).toEqual(
      harmless,
    )
    expect(shape(configOf('', `/a\n  X-One: x\n/b\n  Content-Type: ${text}`))).toEqual(harmless)
    expect(
      shape(configOf('', `/${text.replaceAll('*', '')}\n  X-One: x\n/b\n  Content-Type: text/x`)),
    ).toEqual(harmless)
  })

  it('and no $ of it names a variable', () => {
    const config = configOf('/a/$uri /b/$host', '/*\n  X-One: $uri ${host} $1')

    expect(config).toContain('"${dollar}uri ${dollar}{host} ${dollar}1"')
    expect(config).toContain('"/b/%24host$is_args$args"')
    expect(config).toContain('"~(?s)^/a/\\x24uri/?$"')
  })
})

describe('_headers', () => {
  it('joins lines of one name, and leaves out with words what belongs to the server', () => {
    const parsed = parseHeaders(
      [
        'X-Early: 1',
        '/*',
        '  X-Frame-Options: DENY',
        '  # comment',
        '  Link: </a.css>; rel=preload',
        '  link: </b.css>; rel=preload',
        '  Content-Length: 5',
        '  Basic-Auth: ann:secret',
        '  no header',
        'a/b*',
        '/a*b*c*d*e',
      ].join('\n'),
    )

    expect([...(parsed.rules[0]?.headers.values() ?? [])]).toEqual([
      { name: 'X-Frame-Options', value: 'DENY' },
      { name: 'Link', value: '</a.css>; rel=preload, </b.css>; rel=preload' },
    ])
    expect(parsed.leftOut).toEqual([
      'line 1 stands below no path',
      'line 7 sets Content-Length, which belongs to the server',
      'line 8 asks for a password, which a static site cannot',
      'line 9 is not `Name: value`',
      'line 10 is not `Name: value`',
      'line 11 has more than three * in its path',
    ])
  })
})

it('is put together as a whole', async () => {
  const redirects = [
    '/old /new',
    '/blog/* /posts/:splat 302',
    '/u/:year/:name https://other.example/:name 308',
    '/docs /manual 301!',
    '/app/* /app.html 200',
    '/en/* /en/404.html 404',
    '/left / 410!',
    '/café /coffee',
  ]
  const headers = [
    '/*',
    '  X-Frame-Options: DENY',
    '/fonts/*.woff2',
    '  Cache-Control: max-age=600',
    '/.well-known/apple-app-site-association',
    '  Content-Type: application/json',
  ]
  const config = nginxConfig({
    fallback: '/index.html',
    isBuilt: true,
    redirects: parseRedirects(redirects.join('\n')).rules,
    headers: parseHeaders(headers.join('\n')).rules,
  })

  await expect(config).toMatchFileSnapshot('plans/static/nginx.conf')
})
