import { CleanUpPlan, CleanUpResult, RunCleanUp } from '@vastrox/shared/clean-up.ts'
import { Ledger } from '@vastrox/shared/ledger.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { DiskLedger } from '#core/nodes/disk-ledger.ts'

/** What takes the disk, when it is full, and what can go. */
export const ledgerRoutes =
  (ledger: DiskLedger): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/disk',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'Where the bytes of the node are, how they grow, and when the disk is full',
          response: { 200: Ledger },
        },
      },
      async ({ actor }) => ledger.get(actor),
    )

    server.get(
      '/disk/clean-up',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'What a clean-up would remove: what, why and how many bytes; removes nothing',
          response: { 200: CleanUpPlan },
        },
      },
      async ({ actor }) => ledger.plan(actor),
    )

    server.post(
      '/disk/clean-up',
      {
        config: { access: { permission: 'node.change', scope: 'platform' } },
        schema: {
          summary: 'Remove what the plan of that id names, and nothing else',
          body: RunCleanUp,
          response: { 200: CleanUpResult },
        },
      },
      async ({ actor, body }) => ledger.run(actor, body.plan),
    )
  }
