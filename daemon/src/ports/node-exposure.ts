import type { ExposureReport } from '@vastrox/shared/exposure.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'

/** What is reachable on a node and how the node is kept; shared/src/agent-api-exposure.ts has the contracts. */
export interface NodeExposure {
  /** Worked out anew, with what the last test said. Changes nothing. */
  list(): Promise<ExposureReport>
  /** Tries every port from outside; takes seconds. Throws EXPOSURE_TEST_UNAVAILABLE and EXPOSURE_TEST_RUNNING. */
  test(): Promise<ExposureReport>
  /** Changes nothing. */
  care(): Promise<HostCare>
}
