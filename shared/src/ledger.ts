import { z } from 'zod'

/** What bytes are for. `writes`: what containers write beside their volumes. */
export const LEDGER_PARTS = [
  'images',
  'cache',
  'volumes',
  'backups',
  'sources',
  'uploads',
  'logs',
  'writes',
  'other',
] as const
export const LedgerPart = z.enum(LEDGER_PARTS)
export type LedgerPart = z.infer<typeof LedgerPart>

/** One app, one add-on, or what belongs to nobody of them. */
export const LedgerLine = z.object({
  /** `teams`: apps of teams that whoever asks is not in, in one line. */
  kind: z.enum(['app', 'addon', 'platform', 'teams']),
  name: z.string(),
  isInTrash: z.boolean(),
  /** All parts together. */
  bytes: z.int(),
  parts: z.partialRecord(LedgerPart, z.int()),
  /** Layers that its images stand on and others too: they are counted once, with the platform. */
  sharedImageBytes: z.int(),
  /** What it has grown by each day of late; null as long as that is not known. */
  growthBytesPerDay: z.int().nullable(),
})
export type LedgerLine = z.infer<typeof LedgerLine>

/**
 * unknown: there are too few days to tell. steady: it does not fill, or not within ten years.
 * filling: on that day, if it goes on so.
 */
export const DiskForecast = z.object({
  state: z.enum(['unknown', 'steady', 'filling']),
  growthBytesPerDay: z.int().nullable(),
  /** When less is free than deployments need. */
  lowAt: z.iso.datetime().nullable(),
  fullAt: z.iso.datetime().nullable(),
  /** Days that were looked at. */
  days: z.int(),
  /** For people, in one sentence. */
  summary: z.string(),
})
export type DiskForecast = z.infer<typeof DiskForecast>

export const LedgerDisk = z.object({
  /** What lies on it; where both lie on one it is named once, as `data`. */
  holds: z.enum(['data', 'images']),
  /** What files can take of it: what the file system keeps for root is in neither number. */
  bytes: z.int(),
  availableBytes: z.int(),
  oursBytes: z.int(),
  othersBytes: z.int(),
  /** With less than this free no deployment is taken. */
  deploymentFloorBytes: z.int(),
  /** Used bytes of a day, oldest first. */
  days: z.array(z.object({ day: z.iso.date(), usedBytes: z.int() })).max(90),
  forecast: DiskForecast,
})
export type LedgerDisk = z.infer<typeof LedgerDisk>

/** Where the bytes of a node are. */
export const Ledger = z.object({
  measuredAt: z.iso.datetime(),
  disks: z.array(LedgerDisk).max(2),
  /** Who takes the most first. */
  lines: z.array(LedgerLine).max(5_000),
  /** Of the engine, and of nobody here: images and build cache that Vastrox did not make. */
  othersImageBytes: z.int(),
  othersCacheBytes: z.int(),
  /** What could not be measured this time, in words. */
  missing: z.array(z.string()).max(50),
})
export type Ledger = z.infer<typeof Ledger>
