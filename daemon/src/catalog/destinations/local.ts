import { z } from 'zod'
import { defineDestination } from '#ports/backup-destination.ts'

/** A folder on this server's own disks: it outlives a mistake, and no broken disk. */
export const local = defineDestination({
  kind: 'local',
  title: 'Local disk',
  settings: z.object({
    rootId: z
      .string()
      .regex(/^[a-z0-9]{8,40}$/, 'Choose one of the roots that root registered.')
      .describe('A root that root registered: vastrox destinations allow PATH'),
  }),
  secrets: [],
  sentTo: [],
  location: ({ rootId }, folder) => ({ type: 'local', rootId, folder }),
})
