import type { AddonAttachments } from '#core/addons/addon-attachments.ts'
import type { AddonExceptions } from '#core/addons/addon-exceptions.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonLogs } from '#core/addons/addon-logs.ts'
import type { AddonSeams } from '#core/addons/addon-seams.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AddonService } from '#core/addons/addon-service.ts'
import type { AddonTrash } from '#core/addons/addon-trash.ts'
import type { DeclaredAddons } from '#core/addons/declared-addons.ts'
import type { ThrowAways } from '#core/addons/throw-aways.ts'

/** Everything of add-ons. */
export interface AddonParts {
  kinds: AddonKinds
  secrets: AddonSecrets
  servers: AddonServers
  service: AddonService
  logs: AddonLogs
  attaching: AddonAttachments
  trash: AddonTrash
  exceptions: AddonExceptions
  declared: DeclaredAddons
  throwAways: ThrowAways
  /** For drills and restores. */
  seams: AddonSeams
}

/** Loaded when somebody first has to do with add-ons: a daemon without any does without its memory. */
export type OpenAddons = () => Promise<AddonParts>
