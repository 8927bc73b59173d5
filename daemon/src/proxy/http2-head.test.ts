import { describe, expect, it } from 'vitest'
import { readHttp2Head } from './http2-head.ts'

const PSEUDO = [':method', 'GET', ':scheme', 'https', ':authority', 'app.test', ':path', '/a?b=c']
const read = (fields: string[], hasBody = false) => readHttp2Head(fields, hasBody, 16_384)

describe('P1 P9 the head of an HTTP/2 request', () => {
  it('becomes what HTTP/1.1 would have written', () => {
    expect(read([...PSEUDO, 'accept', '*/*', 'cookie', 'a=b', 'x', 'y', 'cookie', 'c=d'])).toEqual({
      method: 'GET',
      url: '/a?b=c',
      httpVersion: '1.1',
      rawHeaders: ['host', 'app.test', 'accept', '*/*', 'x', 'y', 'cookie', 'a=b; c=d'],
      length: undefined,
      takesTrailers: false,
    })
  })

  it('says how its body is framed only where the client does not', () => {
    expect(read(PSEUDO, true)).toMatchObject({
      rawHeaders: ['host', 'app.test', 'transfer-encoding', 'chunked'],
    })
    expect(read([...PSEUDO, 'content-length', '3'], true)).toMatchObject({
      rawHeaders: ['host', 'app.test', 'content-length', '3'],
      length: '3',
    })
  })

  it('takes the Host field where there is no authority, and both where they agree', () => {
    const without = PSEUDO.filter((_, index) => index !== 4 && index !== 5)
    expect(read([...without, 'host', 'app.test'])).toMatchObject({
      rawHeaders: ['host', 'app.test'],
    })
    expect(read([...PSEUDO, 'host', 'APP.test'])).toMatchObject({
      rawHeaders: ['host', 'app.test'],
    })
    expect(read(without)).toMatchObject({ status: 400 })
  })

  const changed = (at: number, value: string): string[] => PSEUDO.with(at, value)
  it.each<[string, string[]]>([
    ['another host than the authority', [...PSEUDO, 'host', 'other.test']],
    ['two hosts', [...PSEUDO, 'host', 'app.test', 'host', 'app.test']],
    ['a connection', [...PSEUDO, 'connection', 'close']],
    ['keep-alive', [...PSEUDO, 'keep-alive', 'timeout=5']],
    ['a proxy connection', [...PSEUDO, 'proxy-connection', 'keep-alive']],
    ['a transfer encoding', [...PSEUDO, 'transfer-encoding', 'chunked']],
    ['an upgrade', [...PSEUDO, 'upgrade', 'websocket']],
    ['settings of an upgrade', [...PSEUDO, 'http2-settings', 'AAMAAABk']],
    ['a TE that is not trailers', [...PSEUDO, 'te', 'trailers, gzip']],
    ['a line break in a value', [...PSEUDO, 'x', 'a\r\nx-forged: 1']],
    ['a bare CR in a value', [...PSEUDO, 'x', 'a\rb']],
    ['a NUL in a value', [...PSEUDO, 'x', 'a\0b']],
    ['a line break in the path', changed(7, '/a HTTP/1.1\r\nx: y')],
    ['a line break in the authority', changed(5, 'app.test\r\nx: y')],
    ['a line break in the method', changed(1, 'GET / HTTP/1.1\r\nx:')],
    ['a space in the method', changed(1, 'GET /')],
    ['no method', changed(1, '')],
    ['CONNECT', changed(1, 'CONNECT')],
    ['extended CONNECT', [...PSEUDO, ':protocol', 'websocket']],
    ['another scheme', changed(3, 'ftp')],
    ['a path that is a whole address', changed(7, 'https://other.test/')],
    ['no path', changed(7, '')],
    ['a name with a colon', [...PSEUDO, 'x:y', 'z']],
    ['a name with a line break', [...PSEUDO, 'x\r\ny', 'z']],
    ['a name in capitals', [...PSEUDO, 'X-Mine', 'z']],
    ['a name with a space', [...PSEUDO, 'x ', 'z']],
    ['no name', [...PSEUDO, '', 'z']],
    ['a pseudo field twice', [...PSEUDO, ':path', '/b']],
    ['a pseudo field behind others', ['accept', '*/*', ...PSEUDO]],
    ['a pseudo field of a response', [...PSEUDO, ':status', '200']],
  ])('is refused with %s', (_name, fields) => {
    expect(read(fields)).toMatchObject({ status: 400 })
  })

  it('is refused where it is larger than was said', () => {
    expect(read([...PSEUDO, 'x', 'y'.repeat(16_300)])).toMatchObject({ status: 431 })
    expect(
      read([...PSEUDO, ...Array.from({ length: 600 }, (_, index) => ['x', String(index)]).flat()]),
    ).toMatchObject({ status: 431 })
  })
})
