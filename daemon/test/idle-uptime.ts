import { CodedError } from '@vastrox/shared/errors.ts'
import { composeUptime, type UptimeDeps } from '../src/compose-uptime.ts'

type Given = Pick<UptimeDeps, 'db' | 'audit' | 'events' | 'clock' | 'newId' | 'onProblem'>

/** Uptime checks in a world where nobody answers, and where no turn comes unless it is started. */
export const idleUptime = (given: Given, more: Partial<UptimeDeps> = {}) =>
  composeUptime({
    ...given,
    probe: {
      look: async () => ({
        isUp: false,
        isSlow: false,
        reason: 'Nobody answers.',
        tookMs: 1,
        certificateDays: null,
      }),
    },
    addresses: { resolve: (host) => Promise.reject(new CodedError('HOST_NOT_FOUND', { host })) },
    urlsOf: (name) => [`http://${name}.localhost`],
    isDown: () => false,
    alerts: { note: () => {}, settle: () => {} },
    addMetric: () => {},
    random: () => 0.5,
    ...more,
  })
