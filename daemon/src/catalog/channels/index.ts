import type { ChannelKind } from '#ports/channel-kind.ts'
import { discord } from './discord.ts'
import { email } from './email.ts'
import { ntfy } from './ntfy.ts'
import { slack } from './slack.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

/** To add a channel: write its file beside this one, then name it here. */
export const channels: readonly ChannelKind[] = [email, slack, discord, telegram, ntfy, webhook]
