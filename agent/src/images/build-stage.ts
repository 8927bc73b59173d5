import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { buildInEngine } from '#agent/builds/engine-build.ts'
import { hostProxies } from '#agent/builds/host-proxies.ts'
import type { Engine } from '#agent/engine/engine.ts'

export interface Stage {
  target: string
  tag: string
  labels: Record<string, string>
  context: Readable
}

/** Builds one stage of a Dockerfile of ours. Returns why it failed, in one line. */
export async function buildStage(
  engine: Engine,
  stage: Stage,
  signal: AbortSignal,
  say: (text: string) => Promise<void> = async () => {},
): Promise<string | undefined> {
  const outcome = await buildInEngine(
    engine,
    {
      buildId: randomUUID().replaceAll('-', ''),
      context: stage.context,
      dockerfile: 'Dockerfile',
      target: stage.target,
      tag: stage.tag,
      labels: stage.labels,
      secrets: {},
      cacheNamespace: 'vastrox-stacks',
      noCache: false,
      proxies: hostProxies(process.env),
    },
    async (event) => {
      if (event.type === 'output') await say(event.text)
    },
    signal,
  )
  if (!('failure' in outcome)) return undefined
  const { step, error, tail } = outcome.failure
  return `${lastLine(tail) || error}${step ? ` (at ${step.slice(0, 160)})` : ''}`
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
