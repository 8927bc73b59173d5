import { z } from 'zod'
import type { BuiltInRule } from './alert-rule.ts'

/** critical: visitors or data suffer now. warning: they will. info: worth knowing. */
export const Severity = z.enum(['info', 'warning', 'critical'])
export type Severity = z.infer<typeof Severity>

/** What an alert is about, for people and links. */
export const AlertSubject = z.object({
  kind: z.enum([
    'app',
    'addon',
    'node',
    'disk',
    'certificate',
    'backup',
    'destination',
    'uptime',
    'channel',
    'platform',
  ]),
  /** Stable; empty for the platform. */
  id: z.string().max(100),
  name: z.string().max(200),
})
export type AlertSubject = z.infer<typeof AlertSubject>

/** What came just before: within an hour of its beginning. */
export const AlertBefore = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['deployment', 'env', 'scale', 'addon', 'firewall', 'domain', 'restart', 'other']),
  title: z.string().max(200),
  link: z.string().max(300).nullable(),
})
export type AlertBefore = z.infer<typeof AlertBefore>

/** pending (its for-duration runs) is not shown to anybody. */
export const Alert = z.object({
  id: z.string(),
  /** `disk-full`, or the id of a rule that somebody made. */
  rule: z.string(),
  severity: Severity,
  state: z.enum(['firing', 'resolved']),
  subject: AlertSubject,
  /** The app that it is about, where it is about one. */
  app: z.string().nullable(),
  /** One line: what is wrong. */
  title: z.string().max(200),
  /** The value, the limit, and what to do. */
  detail: z.string().max(1_000),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  /** Nothing is measured any more: whether it is so still, nobody knows. */
  isDataMissing: z.boolean(),
  since: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  before: AlertBefore.nullable(),
  link: z.string().max(300),
  /** Who has said that they look after it. */
  acknowledgedBy: z.string().nullable(),
  silencedUntil: z.iso.datetime().nullable(),
  /** Held back since another alert says the same at its root: that one's id. */
  becauseOf: z.string().nullable(),
})
export type Alert = z.infer<typeof Alert>

const condition = {
  of: z.enum(['app', 'instance', 'addon', 'node', 'disk', 'edge', 'platform', 'uptime']),
  metric: z.string().regex(/^[A-Za-z0-9]{1,40}$/),
  /** Over the instances or whatever there is several of; `each` of an app is the highest of its instances. */
  aggregate: z.enum(['max', 'min', 'sum', 'avg', 'each']),
  is: z.enum(['above', 'below']),
  limit: z.number(),
  /** Well again only beyond this: below it for `above`. The limit itself where left out. */
  clearLimit: z.number().optional(),
  /** It has to be so for this long without a break. */
  forMs: z.int().min(0).max(86_400_000),
  /** Only where there were at least so many requests a second meanwhile. */
  minRequests: z.number().nonnegative().optional(),
}

/** Over one metric (shared/src/alert-rule.ts: CONDITION_METRICS) of one kind of subject. */
export const AlertCondition = z.object({
  ...condition,
  aggregate: condition.aggregate.default('each'),
  forMs: condition.forMs.default(300_000),
})
export type AlertCondition = z.infer<typeof AlertCondition>

/** A rule: built in, or somebody's own. */
export const AlertRule = z.object({
  id: z.string(),
  name: z.string().min(1).max(80),
  isBuiltIn: z.boolean(),
  /** What it watches, in words, with its numbers. */
  words: z.string().max(500),
  severity: Severity,
  isOn: z.boolean(),
  /** null for built-in ones that are about events, not about a metric. */
  condition: AlertCondition.nullable(),
  /** Only this app; null: all that the team has. */
  app: z.string().nullable(),
})
export type AlertRule = z.infer<typeof AlertRule>

export const AddAlertRule = z.object({
  name: z.string().trim().min(1).max(80),
  severity: Severity.default('warning'),
  condition: AlertCondition,
  app: z.string().max(100).nullable().default(null),
})
export type AddAlertRule = z.input<typeof AddAlertRule>

/** Of a built-in rule only the limits, for-duration, severity and whether it is on. */
export const ChangeAlertRule = z.object({
  name: z.string().trim().min(1).max(80).optional(),
  severity: Severity.optional(),
  isOn: z.boolean().optional(),
  /** What is left out stays. */
  condition: z.object(condition).partial().optional(),
})
export type ChangeAlertRule = z.infer<typeof ChangeAlertRule>

/** For its time nobody is told of alerts that it names; they are shown all the same. */
export const Silence = z.object({
  id: z.string(),
  /** null: every rule. */
  rule: z.string().nullable(),
  /** null: every app, and what is of none. */
  app: z.string().nullable(),
  reason: z.string().max(200),
  by: z.string(),
  createdAt: z.iso.datetime(),
  until: z.iso.datetime(),
})
export type Silence = z.infer<typeof Silence>

const MAX_SILENCE_MS = 30 * 86_400_000
export const AddSilence = z.object({
  rule: z.string().max(64).nullable().default(null),
  app: z.string().max(100).nullable().default(null),
  reason: z.string().trim().max(200).default(''),
  forMs: z.int().min(60_000).max(MAX_SILENCE_MS),
})
export type AddSilence = z.input<typeof AddSilence>

/** Inside the daemon: something happened, or is so until it is settled. Told once for each key. */
export interface AlertEvent {
  teamId: string
  /** `deployment-failed:<appId>`, `uptime:<checkId>`: the same thing has the same key. */
  key: string
  rule: BuiltInRule
  /** The rule's where left out. */
  severity?: Severity
  value?: number
  limit?: number
  subject: AlertSubject
  appId: string | null
  title: string
  detail: string
  link: string
  /** Ends by itself after this long; without it only `settle(key)` ends it. */
  endsAfterMs?: number
}
