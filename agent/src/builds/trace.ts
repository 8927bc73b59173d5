import { bytesOf, readFields, textOf } from '#agent/builds/protobuf.ts'

/** A step of the build as BuildKit tells about it, again and again while it changes. */
export interface Vertex {
  digest: string
  name: string
  cached: boolean
  started: boolean
  completed: boolean
  error: string
}

export interface VertexLog {
  vertex: string
  message: Buffer
}

export interface Trace {
  vertexes: Vertex[]
  logs: VertexLog[]
}

/** A `moby.buildkit.trace`: a moby.buildkit.v1.StatusResponse, base64. */
export function decodeTrace(base64: string): Trace {
  const trace: Trace = { vertexes: [], logs: [] }
  for (const { number, value } of readFields(Buffer.from(base64, 'base64'))) {
    if (number === 1) trace.vertexes.push(decodeVertex(bytesOf(value)))
    if (number === 3) trace.logs.push(decodeLog(bytesOf(value)))
  }
  return trace
}

function decodeVertex(message: Buffer): Vertex {
  const vertex: Vertex = {
    digest: '',
    name: '',
    cached: false,
    started: false,
    completed: false,
    error: '',
  }
  for (const { number, value } of readFields(message)) {
    if (number === 1) vertex.digest = textOf(value)
    if (number === 3) vertex.name = textOf(value)
    if (number === 4) vertex.cached = value === 1n
    if (number === 5) vertex.started = true
    if (number === 6) vertex.completed = true
    if (number === 7) vertex.error = textOf(value)
  }
  return vertex
}

function decodeLog(message: Buffer): VertexLog {
  const log: VertexLog = { vertex: '', message: Buffer.alloc(0) }
  for (const { number, value } of readFields(message)) {
    if (number === 1) log.vertex = textOf(value)
    if (number === 4) log.message = bytesOf(value)
  }
  return log
}
