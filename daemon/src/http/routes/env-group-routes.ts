import {
  AppEnvGroups,
  ChangeEnv,
  CreateEnvGroup,
  EnvChange,
  EnvChanged,
  EnvGroup,
  EnvGroupChanged,
  EnvVariable,
} from '@vastrox/shared/env.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { EnvGroupService } from '#core/env/env-group-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'
import { BODY_LIMIT_BYTES } from '#http/routes/env-routes.ts'

const GroupParams = z.object({ group: z.string().max(100) })
const read = { access: { permission: 'env-group.read', scope: 'team' } } as const
const change = { access: { permission: 'env-group.change', scope: 'team' } } as const

export const envGroupRoutes =
  (groups: EnvGroupService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/env-groups',
      {
        config: read,
        schema: {
          summary: 'The env groups of the team; values are null',
          response: { 200: pageOf(EnvGroup) },
        },
      },
      async ({ actor }) => ({ items: groups.list(actor), nextCursor: null }),
    )

    server.post(
      '/env-groups',
      {
        config: change,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          summary: 'Make an env group, which is attached to no app yet',
          body: CreateEnvGroup,
          response: { 201: EnvGroup },
        },
      },
      async ({ actor, body }, reply) => {
        reply.code(201)
        return groups.create(actor, body)
      },
    )

    server.patch(
      '/env-groups/:group',
      {
        config: change,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          summary: 'Set and unset variables of a group, and deploy every app that has it',
          params: GroupParams,
          body: ChangeEnv,
          response: { 200: EnvGroupChanged },
        },
      },
      async ({ actor, params, body }) => ({
        deployments: groups.change(actor, params.group, body.set),
      }),
    )

    server.delete(
      '/env-groups/:group',
      {
        config: change,
        schema: {
          summary: 'Destroy an env group that is attached to no app',
          params: GroupParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        groups.destroy(actor, params.group)
        reply.code(204)
        return null
      },
    )

    server.get(
      '/env-groups/:group/variables/:key',
      {
        config: { access: { permission: 'env-group.reveal', scope: 'team', fresh: true } },
        schema: {
          summary: 'Reveal the value of a group’s variable; leaves an audit event',
          params: GroupParams.extend({ key: z.string().max(200) }),
          response: { 200: EnvVariable },
        },
      },
      async ({ actor, params }) => groups.reveal(actor, params.group, params.key),
    )

    server.get(
      '/env-groups/:group/changes',
      {
        config: read,
        schema: {
          summary: 'Who changed which variables of a group when, newest first',
          params: GroupParams,
          response: { 200: pageOf(EnvChange) },
        },
      },
      async ({ actor, params }) => ({
        items: groups.listChanges(actor, params.group),
        nextCursor: null,
      }),
    )

    server.post(
      '/env-groups/:group/changes/:number/restore',
      {
        config: change,
        schema: {
          summary:
            'Bring back the variables as a change left them, and deploy every app that has the group',
          params: GroupParams.extend({ number: z.coerce.number().int().positive() }),
          response: { 200: EnvGroupChanged },
        },
      },
      async ({ actor, params }) => ({
        deployments: groups.restore(actor, params.group, params.number),
      }),
    )

    server.get(
      '/apps/:name/env-groups',
      {
        config: { access: { permission: 'env.read', scope: 'app' } },
        schema: {
          summary: 'The env groups of an app; a later one goes over an earlier one',
          params: AppParams,
          response: { 200: AppEnvGroups },
        },
      },
      async ({ actor, params }) => ({ groups: groups.listOfApp(actor, params.name) }),
    )

    server.put(
      '/apps/:name/env-groups',
      {
        // The app can read the group then: a right over the group, of all of the team's.
        config: change,
        schema: {
          summary: 'Attach these env groups, in this order, and no others; deploys',
          params: AppParams,
          body: AppEnvGroups,
          response: { 200: EnvChanged },
        },
      },
      async ({ actor, params, body }) => ({
        deployment: groups.attach(actor, params.name, body.groups),
      }),
    )
  }
