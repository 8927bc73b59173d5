import type { Transform } from 'node:stream'
import type { ResponseSide } from '#proxy/client-sides.ts'
import type { Plane } from '#proxy/plane.ts'
import type { Visit } from '#proxy/visit.ts'
import type { ResponseHead } from '#proxy/response-reader.ts'
import type { RouteTarget } from '#proxy/route-match.ts'
import type { CompiledRules } from './compile-rules.ts'
import { codingFor, isCompressible, nameCoding, varyByCoding } from './compression.ts'
import { fieldOf, removeFields, setField } from './fields.ts'
import type { AssetKeeper } from './kept-assets.ts'

/** How long a piece of a response that comes bit by bit may wait in a compressor. */
const FLUSH_MS = 10

/** Where the body of a response is written: the client, or what stands before it. */
export interface BodySink {
  /** False: wait for `drain`. */
  write(chunk: Buffer): boolean
  /** As `write`, of bytes that are the caller's until this returns. */
  writeCopy?(chunk: Buffer): boolean
  end(): unknown
  once(event: 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
}

export interface Shape {
  /** Undefined where the body goes out as it comes. */
  encoder: BodySink | undefined
  /** The app's length is not the one that is sent, or would be. */
  dropsLength: boolean
  /** Takes the app's bytes for visitors of later releases. */
  keeper: AssetKeeper | undefined
}

const AS_IT_IS: Shape = { encoder: undefined, dropsLength: false, keeper: undefined }

/**
 * What a route's rules change about a response, on its head: fields are set and taken away in place,
 * and the way of the body is given back.
 */
export function shapeResponse(
  plane: Plane,
  visit: Visit,
  target: RouteTarget,
  rules: CompiledRules,
  head: ResponseHead,
  headers: string[],
): Shape {
  const { compress: mode, keepAssets } = rules.spec
  const keeper = keepAssets ? plane.assets.keeper(visit, target, head, headers) : undefined
  applyFields(visit, rules, headers)
  const shape = mode === undefined ? AS_IT_IS : compress(plane, visit, mode, head, headers)
  return keeper ? { ...shape, keeper } : shape
}

/** The fields that the rules set and take away, on the head of any response of the app. */
export function applyFields(visit: Visit, { spec }: CompiledRules, headers: string[]): void {
  if (spec.removeHeaders) removeFields(headers, spec.removeHeaders)
  for (const { name, value } of spec.setHeaders ?? []) setField(headers, name, value)
  if (spec.hsts !== undefined && visit.visitor.proto === 'https')
    setField(headers, 'Strict-Transport-Security', spec.hsts)
}

/** The fields of a kept asset, as they would be of the live one. */
export function fieldsOfAsset(visit: Visit, rules: CompiledRules, asset: string[]): string[] {
  const headers = [...asset]
  if (fieldOf(headers, 'content-encoding') !== undefined) varyByCoding(headers)
  applyFields(visit, rules, headers)
  return headers
}

function compress(
  plane: Plane,
  visit: Visit,
  mode: 'safe' | 'all',
  head: ResponseHead,
  headers: string[],
): Shape {
  if (visit.req.httpVersionMinor === 0) return AS_IT_IS
  if (!isCompressible(visit.head, head, headers, mode)) return AS_IT_IS
  varyByCoding(headers)
  const coding = codingFor(visit.head)
  if (!coding) return AS_IT_IS
  // To HEAD the length is not known without the work.
  if (head.framing === 'none') return { encoder: undefined, dropsLength: true, keeper: undefined }
  const encoder = plane.encoders.open(coding, head.contentLength)
  if (!encoder) return AS_IT_IS
  nameCoding(headers, coding)
  if (head.framing !== 'length') flushInTime(encoder)
  join(encoder, visit.res)
  return { encoder, dropsLength: true, keeper: undefined }
}

/** Both ways: what the client does not take is not compressed, and whichever ends, ends the other. */
function join(encoder: Transform, res: ResponseSide): void {
  const goOn = (): void => {
    encoder.resume()
  }
  encoder.on('data', (chunk: Buffer) => {
    if (res.write(chunk)) return
    encoder.pause()
    res.once('drain', goOn)
  })
  encoder.once('end', () => res.end())
  encoder.once('error', () => res.destroy())
  res.once('close', () => encoder.destroy())
}

/** Who writes a page bit by bit wants it to be seen bit by bit. */
function flushInTime(encoder: Transform & { flush(done?: () => void): void }): void {
  let timer: NodeJS.Timeout | undefined
  const write = encoder.write.bind(encoder)
  const flush = (): void => {
    timer = undefined
    if (!encoder.writableEnded && !encoder.destroyed) encoder.flush()
  }
  encoder.write = (chunk: unknown): boolean => {
    timer ??= setTimeout(flush, FLUSH_MS)
    return write(chunk)
  }
  encoder.once('close', () => clearTimeout(timer))
}
