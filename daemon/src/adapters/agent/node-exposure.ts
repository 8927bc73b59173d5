import { EXPOSURE_VERBS, type ExposureVerb } from '@vastrox/shared/agent-api-exposure.ts'
import type { z } from 'zod'
import type { NodeExposure } from '#ports/node-exposure.ts'

type Call = <Output extends z.ZodType>(
  verb: ExposureVerb,
  output: Output,
  input: unknown,
  timeoutMs: number,
) => Promise<z.output<Output>>

const LOOK_MS = 60_000
/** Thousands of ports that say nothing. */
const TEST_MS = 180_000

/** The verbs about the machine itself, over whatever carries them. */
export function createNodeExposure(call: Call): NodeExposure {
  const verbs = EXPOSURE_VERBS
  return {
    list: () => call('list-exposure', verbs['list-exposure'].output, {}, LOOK_MS),
    test: () => call('test-exposure', verbs['test-exposure'].output, {}, TEST_MS),
    care: () => call('read-host-care', verbs['read-host-care'].output, {}, LOOK_MS),
  }
}
