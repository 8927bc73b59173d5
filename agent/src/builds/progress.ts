import type { BuildImageEvent } from '@vastrox/shared/agent-api.ts'
import type { Trace, Vertex } from '#agent/builds/trace.ts'

type ProgressEvent = Extract<BuildImageEvent, { type: 'step' | 'output' }>

const TAIL_BYTES = 4_096
/** What BuildKit does for itself and nobody wrote. */
const INTERNAL = /^(\[internal\]|copy \/context )/

/** Turns what BuildKit repeats about its steps into what happens once, and remembers how it failed. */
export function createProgress() {
  const announced = new Set<string>()
  const decoders = new Map<string, TextDecoder>()
  const tails = new Map<string, string>()
  let failed: Vertex | undefined

  const announce = (vertex: Vertex): ProgressEvent[] => {
    if (vertex.error !== '') failed ??= vertex
    if (announced.has(vertex.digest) || !(vertex.started || vertex.cached)) return []
    announced.add(vertex.digest)
    if (INTERNAL.test(vertex.name)) return []
    return [{ type: 'step', name: sayStep(vertex.name), cached: vertex.cached }]
  }

  const decode = (vertex: string, message: Buffer): string => {
    const decoder = decoders.get(vertex) ?? new TextDecoder()
    decoders.set(vertex, decoder)
    const text = decoder.decode(message, { stream: true })
    tails.set(vertex, ((tails.get(vertex) ?? '') + text).slice(-TAIL_BYTES))
    return text
  }

  return {
    take: ({ vertexes, logs }: Trace): ProgressEvent[] => [
      ...vertexes.flatMap(announce),
      ...logs.flatMap(({ vertex, message }): ProgressEvent[] => {
        const text = decode(vertex, message)
        return text === '' ? [] : [{ type: 'output', text }]
      }),
    ],

    /** The step that ended the build, with the last of what it printed. */
    failure: (): { step: string; error: string; tail: string } | undefined =>
      failed && {
        step: sayStep(failed.name),
        error: failed.error,
        tail: tails.get(failed.digest) ?? '',
      },
  }
}

/** `[build 3/5] RUN --mount=type=cache,… npm ci` without the mounts, which say nothing to people. */
export const sayStep = (name: string): string =>
  name
    .replaceAll(/--mount=\S+\s+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
