import { CodedError } from '@vastrox/shared/errors.ts'
import { trustedAuthorities } from '#adapters/system/trusted-authorities.ts'
import { isHttpTarget, syslogTargetOf } from '#lib/drain-target.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient } from '#ports/http-client.ts'
import type { LogDrainEnds } from '#ports/log-drain-end.ts'
import { openHttpEnd } from './http-end.ts'
import { openSyslogEnd, sayCause } from './syslog-end.ts'

interface Deps {
  http: HttpClient
  addresses: GuardedAddresses
  /** Those alone that the operator has allowed: what is sent without encryption goes nowhere else. */
  allowedAddresses: GuardedAddresses
  /** Authorities besides those that the system trusts, in PEM; asked each time. */
  extraCa: () => string
  /** Who we say that we are. */
  hostName: () => string
}

/** Syslog and HTTP to guarded addresses (rule C11). */
export function createLogDrainEnds(deps: Deps): LogDrainEnds {
  const authorities = (caPem: string | null): string[] =>
    [...trustedAuthorities(), deps.extraCa(), caPem ?? ''].filter((pem) => pem !== '')

  return {
    async open(drain, signal) {
      const { kind, target, caPem } = drain
      if (kind === 'http') {
        if (!isHttpTarget(target)) throw new CodedError('LOG_DRAIN_INVALID')
        return openHttpEnd(deps.http, drain)
      }
      const place = syslogTargetOf(target)
      if (!place) throw new CodedError('LOG_DRAIN_INVALID')
      try {
        return await openSyslogEnd(
          place,
          {
            addresses: place.secure ? deps.addresses : deps.allowedAddresses,
            authorities: authorities(caPem),
            hostName: deps.hostName(),
          },
          signal,
        )
      } catch (error) {
        throw unreachable(place.host, error)
      }
    },
  }
}

function unreachable(host: string, error: unknown): CodedError {
  if (error instanceof CodedError)
    return new CodedError(
      'DRAIN_UNREACHABLE',
      { reason: error.details['reason'] ?? error.message },
      { cause: error },
    )
  const why = error instanceof Error ? sayCause(error) : 'no answer'
  const reason = `${host} could not be reached: ${why}.`
  return new CodedError('DRAIN_UNREACHABLE', { reason }, { cause: error })
}
