import type { ChannelAnswer, Notification } from '@vastrox/shared/channel.ts'
import type { z } from 'zod'
import type { HttpClient } from '#ports/http-client.ts'
import type { Mailer } from '#ports/mailer.ts'

/** What a channel may do to the world, through guarded addresses (rule C11): it opens no connection itself. */
export interface ChannelHands {
  http: HttpClient
  mailer: Mailer
  now: () => Date
}

/** Of a service that says when it may be asked again. `isFinal`: trying again cannot help. */
export type ChannelOutcome = Omit<ChannelAnswer, 'tookMs'> & {
  retryAfterMs?: number | undefined
  isFinal?: boolean | undefined
}

/** What a kind of channel puts in the catalog: its settings are flat, so that a form can be drawn of them. */
export interface ChannelKind {
  kind: string
  title: string
  settings: z.ZodObject
  /** Names of settings that nobody is shown again. */
  secrets: readonly string[]
  /** Names of settings that say who is told the secrets, and how. */
  sentTo: readonly string[]
  /** For people: the host, and who is told there; nothing of it is secret. */
  where(settings: unknown): string
  /** Never rejects for what the other side does. */
  send(
    hands: ChannelHands,
    settings: unknown,
    notification: Notification,
    signal: AbortSignal,
  ): Promise<ChannelOutcome>
}

export const defineChannel = <Settings extends z.ZodObject>(
  kind: Omit<ChannelKind, 'settings' | 'where' | 'send'> & {
    settings: Settings
    where(settings: z.infer<Settings>): string
    send(
      hands: ChannelHands,
      settings: z.infer<Settings>,
      notification: Notification,
      signal: AbortSignal,
    ): Promise<ChannelOutcome>
  },
): ChannelKind => ({
  ...kind,
  where: (settings) => kind.where(kind.settings.parse(settings)),
  send: (hands, settings, notification, signal) =>
    kind.send(hands, kind.settings.parse(settings), notification, signal),
})
