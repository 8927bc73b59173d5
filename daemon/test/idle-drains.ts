import { CodedError } from '@vastrox/shared/errors.ts'
import { composeDrains, type DrainDeps } from '../src/compose-drains.ts'

type Given = Pick<
  DrainDeps,
  'db' | 'logs' | 'finder' | 'notify' | 'secretBox' | 'audit' | 'events' | 'clock' | 'newId'
>

const nowhere = {
  resolve: () => Promise.reject(new CodedError('HOST_NOT_FOUND', { reason: 'Nobody is there.' })),
}

/** Log drains in a world where nobody answers. */
export const idleDrains = (given: Given) =>
  composeDrains({
    ...given,
    http: { send: () => Promise.reject(new CodedError('HOST_UNREACHABLE')) },
    addresses: nowhere,
    allowedAddresses: nowhere,
    extraCa: () => '',
    hostName: () => 'example.com',
    dashboardUrl: () => 'https://example.com:8443',
    random: () => 0.5,
  })
