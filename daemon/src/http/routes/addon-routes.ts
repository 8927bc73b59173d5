import {
  Addon,
  AddonAttachment,
  AddonCatalogEntry,
  AddonName,
  AddonUsage,
  AttachAddon,
  ChangeAddon,
  ConfirmAddon,
  CreateAddon,
  DestroyedAddon,
} from '@vastrox/shared/addon.ts'
import { AppName } from '@vastrox/shared/app.ts'
import { Deployment } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OpenAddons } from '#core/addons/addon-parts.ts'

export const AddonParams = z.object({ addon: AddonName })
const AttachmentParams = AddonParams.extend({ app: AppName })
const TrashParams = z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })
const RestoreAddon = z.object({ name: AddonName.optional() }).nullish()
const RotateAddon = z.object({ app: AppName.optional() }).nullish()
const Credentials = z.object({ variables: z.record(z.string(), z.string()) })
/** The deployment that changes the variables of an app; null where nothing runs yet. */
const Detached = z.object({ deployment: Deployment.nullable() })
const Rotated = z.object({ deployments: z.array(Deployment) })

const reading = { permission: 'addon.read', scope: 'team' } as const
const changing = { permission: 'addon.change', scope: 'team' } as const

export const addonRoutes =
  (open: OpenAddons): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/catalog/addons',
      {
        config: { access: reading },
        schema: {
          summary: 'The databases that can be had, and their versions',
          response: { 200: pageOf(AddonCatalogEntry) },
        },
      },
      async ({ actor }) => ({ items: (await open()).service.catalog(actor), nextCursor: null }),
    )

    server.get(
      '/addons',
      {
        config: { access: reading },
        schema: { summary: 'The add-ons of the team', response: { 200: pageOf(Addon) } },
      },
      async ({ actor }) => ({ items: (await open()).service.list(actor), nextCursor: null }),
    )

    server.post(
      '/addons',
      {
        config: { access: { permission: 'addon.create', scope: 'team' } },
        schema: {
          summary: 'Create an add-on: its server is made in the background, then attached',
          body: CreateAddon,
          response: { 202: Addon },
        },
      },
      async ({ actor, body }, reply) => {
        reply.code(202)
        return (await open()).service.create(actor, body)
      },
    )

    server.get(
      '/addons/:addon',
      {
        config: { access: reading },
        schema: { summary: 'An add-on', params: AddonParams, response: { 200: Addon } },
      },
      async ({ actor, params }) => (await open()).service.get(actor, params.addon),
    )

    server.patch(
      '/addons/:addon',
      {
        config: { access: changing },
        schema: {
          summary: 'Give an add-on more or less: it is restarted with matching settings',
          params: AddonParams,
          body: ChangeAddon,
          response: { 202: Addon },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return (await open()).service.change(actor, params.addon, body)
      },
    )

    server.delete(
      '/addons/:addon',
      {
        config: { access: { permission: 'addon.destroy', scope: 'team', fresh: true } },
        schema: {
          summary: 'Destroy an add-on: it is stopped, and waits in the trash with its data',
          params: AddonParams,
          body: ConfirmAddon,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params, body }, reply) => {
        await (await open()).trash.destroy(actor, params.addon, body.confirm)
        reply.code(204)
        return null
      },
    )

    server.post(
      '/addons/:addon/attachments',
      {
        config: { access: changing },
        schema: {
          summary: 'Attach an add-on to an app: a user of its own, and env variables',
          params: AddonParams,
          body: AttachAddon,
          response: { 202: AddonAttachment },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        const { attaching, service } = await open()
        attaching.attach(actor, params.addon, body)
        return service.attachmentOf(actor, params.addon, body.app)
      },
    )

    server.get(
      '/addons/:addon/attachments/:app/credentials',
      {
        config: { access: { permission: 'addon.open', scope: 'team', fresh: true } },
        schema: {
          summary: 'The variables that an app has by an add-on, in the clear',
          params: AttachmentParams,
          response: { 200: Credentials },
        },
      },
      async ({ actor, params }) => ({
        variables: (await open()).service.credentials(actor, params.addon, params.app),
      }),
    )

    server.delete(
      '/addons/:addon/attachments/:app',
      {
        config: { access: changing },
        schema: {
          summary: 'Detach an add-on from an app; its user goes once nothing runs with it',
          params: AttachmentParams,
          response: { 200: Detached },
        },
      },
      async ({ actor, params }) => ({
        deployment: (await open()).attaching.detach(actor, params.addon, params.app),
      }),
    )

    for (const [verb, summary] of [
      ['start', 'Start an add-on'],
      ['stop', 'Stop an add-on; its data is kept'],
      ['restart', 'Restart an add-on'],
    ] as const)
      server.post(
        `/addons/:addon/${verb}`,
        {
          config: { access: changing },
          schema: { summary, params: AddonParams, response: { 202: Addon } },
        },
        async ({ actor, params }, reply) => {
          reply.code(202)
          return (await open()).service[verb](actor, params.addon)
        },
      )

    server.post(
      '/addons/:addon/rotate',
      {
        config: { access: { ...changing, fresh: true } },
        schema: {
          summary: 'New credentials for one app or all, and for the platform itself',
          params: AddonParams,
          body: RotateAddon,
          response: { 200: Rotated },
        },
      },
      async ({ actor, params, body }) => ({
        deployments: await (await open()).attaching.rotate(actor, params.addon, body?.app),
      }),
    )

    server.get(
      '/addons/:addon/usage',
      {
        config: { access: reading },
        schema: {
          summary: 'What an add-on takes now: memory, disk, connections',
          params: AddonParams,
          response: { 200: AddonUsage },
        },
      },
      async ({ actor, params }) => (await open()).service.usage(actor, params.addon),
    )

    server.get(
      '/destroyed-addons',
      {
        config: { access: reading },
        schema: { summary: 'Add-ons in the trash', response: { 200: pageOf(DestroyedAddon) } },
      },
      async ({ actor }) => ({ items: await (await open()).trash.list(actor), nextCursor: null }),
    )

    server.post(
      '/destroyed-addons/:id/restore',
      {
        config: { access: { permission: 'addon.create', scope: 'team' } },
        schema: {
          summary: 'Take an add-on out of the trash, under another name where one is given',
          params: TrashParams,
          body: RestoreAddon,
          response: { 202: Addon },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return (await open()).trash.restore(actor, params.id, body?.name)
      },
    )

    server.delete(
      '/destroyed-addons/:id',
      {
        config: { access: { permission: 'addon.destroy', scope: 'team', fresh: true } },
        schema: {
          summary: 'Purge an add-on that has been in the trash for 7 days, data and all',
          params: TrashParams,
          body: ConfirmAddon,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params, body }, reply) => {
        await (await open()).trash.purge(actor, params.id, body.confirm)
        reply.code(204)
        return null
      },
    )
  }
