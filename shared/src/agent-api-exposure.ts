import { z } from 'zod'
import { ExposureReport } from './exposure.ts'
import { HostCare } from './host-care.ts'

/** JSON verbs about the machine itself; the wire is that of agent-api.ts. */
export const EXPOSURE_VERBS = {
  /** Changes nothing. Without an engine what it publishes is known by its proxies only. */
  'list-exposure': { input: z.object({}), output: ExposureReport },
  /**
   * Tries every port from a network namespace of its own, by a cable that is there only meanwhile, and
   * gives what list-exposure gives then. Throws EXPOSURE_TEST_UNAVAILABLE where that cannot be made,
   * EXPOSURE_TEST_RUNNING for a second one at the same time.
   */
  'test-exposure': { input: z.object({}), output: ExposureReport },
  /** Updates, clock, disks, engine and what else a machine needs. Changes nothing. */
  'read-host-care': { input: z.object({}), output: HostCare },
} as const
export type ExposureVerb = keyof typeof EXPOSURE_VERBS
