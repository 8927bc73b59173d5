import type { ChannelService } from '#core/channels/channel-service.ts'

/** Loaded when it is first asked for: a server that tells nobody anything does without all of it. */
export type LoadChannels = () => Promise<ChannelService>
