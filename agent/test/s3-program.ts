import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createReadStream, createWriteStream, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/**
 * A server of S3 as restic uses it, which looks at every signature: buckets are directories, objects are
 * files. `node s3-program.ts <folder>`; says its ports on the first line.
 */
const folder = process.argv[2] ?? ''
const accessKey = process.env['S3_ACCESS_KEY'] ?? ''
const secretKey = process.env['S3_SECRET_KEY'] ?? ''
const data = join(folder, 'buckets')

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** AWS Signature Version 4, over what the client says it has signed. */
function checkSignature({ headers, method, url = '' }: IncomingMessage): void {
  const [, key, date, region, names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  if (key !== accessKey) throw new Refusal(403, 'InvalidAccessKeyId')
  const [path = '', query = ''] = url.split('?')
  const sorted = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => (part.includes('=') ? part : `${part}=`))
    .toSorted()
    .join('&')
  const signed = names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`)
  const payload = String(headers['x-amz-content-sha256'] ?? '')
  const canonical = [method, path, sorted, signed.join(''), names, payload].join('\n')
  const scope = `${date}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const signing = hmac(
    hmac(hmac(hmac(`AWS4${secretKey}`, date ?? ''), region ?? ''), 's3'),
    'aws4_request',
  )
  const expected = hmac(signing, text)
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
    throw new Refusal(403, 'SignatureDoesNotMatch')
}

const xml = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`)
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  checkSignature(request)
  const url = new URL(request.url ?? '', 'http://s3')
  const [bucket = '', ...rest] = decodeURIComponent(url.pathname.slice(1)).split('/')
  const key = rest.join('/')
  if (`${bucket}/${key}`.split('/').includes('..')) throw new Refusal(400, 'InvalidURI')
  if (key === '') return ofBucket(request, response, bucket, url.searchParams)
  const path = join(data, bucket, key)
  const { method = '' } = request
  if (method === 'PUT') return put(request, response, path)
  if (method === 'GET' || method === 'HEAD') return give(request, response, path)
  if (method !== 'DELETE') throw new Refusal(405, 'MethodNotAllowed')
  await rm(path, { force: true })
  response.writeHead(204).end()
  return undefined
}

async function ofBucket(
  { method }: IncomingMessage,
  response: ServerResponse,
  bucket: string,
  query: URLSearchParams,
): Promise<void> {
  const place = join(data, bucket)
  if (method === 'PUT') {
    await mkdir(place, { recursive: true })
    response.writeHead(200).end()
    return
  }
  await stat(place).catch(() => {
    throw new Refusal(404, 'NoSuchBucket')
  })
  if (method === 'HEAD') {
    response.writeHead(200).end()
    return
  }
  if (query.has('location'))
    return xml(response, 200, '<LocationConstraint>eu-central-1</LocationConstraint>')
  await list(response, bucket, query)
}

async function list(
  response: ServerResponse,
  bucket: string,
  query: URLSearchParams,
): Promise<void> {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const names = await readdir(join(data, bucket), { recursive: true, withFileTypes: true })
  const keys = names
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(data, bucket).length + 1))
    .filter((key) => key.startsWith(prefix))
    .toSorted()
  const objects = new Set<string>()
  const folders = new Set<string>()
  for (const key of keys) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (end === -1) objects.add(key)
    else folders.add(key.slice(0, end + 1))
  }
  const contents = await Promise.all(
    [...objects].map(async (key) => {
      const { size, mtime } = await stat(join(data, bucket, key))
      return `<Contents><Key>${key}</Key><LastModified>${mtime.toISOString()}</LastModified><Size>${size}</Size><ETag>"0"</ETag><StorageClass>STANDARD</StorageClass></Contents>`
    }),
  )
  const common = [...folders].map(
    (each) => `<CommonPrefixes><Prefix>${each}</Prefix></CommonPrefixes>`,
  )
  xml(
    response,
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${prefix}</Prefix><KeyCount>${objects.size + folders.size}</KeyCount><MaxKeys>100000</MaxKeys><IsTruncated>false</IsTruncated>${contents.join('')}${common.join('')}</ListBucketResult>`,
  )
}

async function put(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${Math.random().toString(36).slice(2)}.part`
  const said = String(request.headers['x-amz-content-sha256'] ?? '')
  const hash = createHash('md5')
  const content = createHash('sha256')
  let size = 0
  const source = said.startsWith('STREAMING-') ? unchunked(request) : request
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length
        hash.update(chunk)
        content.update(chunk)
        yield chunk
      }
    },
    createWriteStream(beside),
  )
  const decoded = request.headers['x-amz-decoded-content-length']
  const isWhole = decoded === undefined || Number(decoded) === size
  if (!isWhole || (/^[0-9a-f]{64}$/.test(said) && said !== content.digest('hex'))) {
    await rm(beside)
    throw new Refusal(400, 'XAmzContentSHA256Mismatch')
  }
  await rename(beside, path)
  response.writeHead(200, { etag: `"${hash.digest('hex')}"` }).end()
}

/** `aws-chunked`, as clients send without TLS: `<hex>;chunk-signature=…`, the bytes, an empty one at the end. */
async function* unchunked(request: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  let left = 0
  for await (const piece of request) {
    rest = Buffer.concat([rest, piece])
    for (;;) {
      if (left > 0) {
        const part = rest.subarray(0, left)
        if (part.length > 0) yield Buffer.from(part)
        rest = rest.subarray(part.length)
        left -= part.length
        if (left > 0) break
      }
      // What ends the chunk before.
      if (rest.length > 1 && rest[0] === 13 && rest[1] === 10) rest = rest.subarray(2)
      const end = rest.indexOf('\r\n')
      if (end === -1) break
      left = Number.parseInt(rest.toString('latin1', 0, end), 16)
      rest = rest.subarray(end + 2)
      if (left === 0) break
    }
  }
}

async function give(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new Refusal(404, 'NoSuchKey')
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = Number(from ?? 0)
  const end = to === undefined || to === '' ? found.size - 1 : Math.min(Number(to), found.size - 1)
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': end - start + 1,
    'content-type': 'application/octet-stream',
    'last-modified': found.mtime.toUTCString(),
    etag: '"0"',
    ...(from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${found.size}` }),
  })
  if (request.method === 'HEAD' || found.size === 0) {
    response.end()
    return
  }
  await pipeline(createReadStream(path, { start, end }), response)
}

function listener(request: IncomingMessage, response: ServerResponse): void {
  answer(request, response).catch((error: unknown) => {
    request.resume()
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError')
    if (response.headersSent) response.destroy()
    else
      xml(
        response,
        refusal.status,
        `<Error><Code>${refusal.code}</Code><Message>${refusal.code}</Message></Error>`,
      )
  })
}

await mkdir(data, { recursive: true })
const plain = createServer(listener)
const tls = createTlsServer(
  { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) },
  listener,
)
const ports: number[] = []
for (const server of [plain, tls]) {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address: AddressInfo | string | null = server.address()
  ports.push(address !== null && typeof address === 'object' ? address.port : 0)
}
process.stdout.write(`${JSON.stringify({ httpPort: ports[0], httpsPort: ports[1] })}\n`)
