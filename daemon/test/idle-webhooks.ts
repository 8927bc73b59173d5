import { CodedError } from '@vastrox/shared/errors.ts'
import {
  composeOutgoingWebhooks,
  type OutgoingWebhookDeps,
} from '../src/compose-outgoing-webhooks.ts'

type Given = Omit<
  OutgoingWebhookDeps,
  'addresses' | 'http' | 'version' | 'dashboardUrl' | 'publicUrlOf' | 'random'
>

/** Outgoing webhooks in a world where nobody answers. */
export const idleWebhooks = (given: Given) =>
  composeOutgoingWebhooks({
    ...given,
    addresses: {
      resolve: (host) => Promise.reject(new CodedError('HOST_NOT_FOUND', { host })),
    },
    http: { send: () => Promise.reject(new CodedError('HOST_UNREACHABLE')) },
    version: 'test',
    dashboardUrl: () => 'https://example.com:8443',
    publicUrlOf: (name) => `https://${name}.example.com`,
    random: () => 0.5,
  })
