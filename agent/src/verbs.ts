import { AGENT_VERBS } from '@vastrox/shared/agent-api.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { describeNode } from '#agent/node/describe-node.ts'
import { type BoundStream, type BoundVerb, verb } from '#agent/server/bind.ts'
import type { AgentSettings } from '#agent/settings.ts'

interface Deps {
  engine: Engine
  settings: AgentSettings
}

/** Every verb and who answers it. */
export function createVerbs({ engine, settings }: Deps): Record<string, BoundVerb> {
  return {
    'describe-node': verb(AGENT_VERBS['describe-node'], () =>
      describeNode(engine, settings.dataDir),
    ),
  }
}

export function createStreams(_deps: Deps): Record<string, BoundStream> {
  return {}
}
