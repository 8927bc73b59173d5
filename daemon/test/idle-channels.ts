import { CodedError } from '@vastrox/shared/errors.ts'
import { type ChannelDeps, composeChannels } from '../src/compose-channels.ts'

type Given = Omit<ChannelDeps, 'http' | 'mailer' | 'dashboardUrl' | 'random'>

/** Channels in a world where nobody answers. */
export const idleChannels = (given: Given) =>
  composeChannels({
    ...given,
    http: { send: () => Promise.reject(new CodedError('HOST_UNREACHABLE')) },
    mailer: { send: async () => ({ isTaken: false, answer: 'nobody answers', isFinal: false }) },
    dashboardUrl: () => 'https://example.com:8443',
    random: () => 0.5,
  })
