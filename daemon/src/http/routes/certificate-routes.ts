import {
  AddIssuer,
  Certificate,
  CertificateEvent,
  CertificateState,
  ChangeIssuer,
  CheckedCertificate,
  Issuer,
  IssuerList,
  UploadCertificate,
  UploadedCertificate,
} from '@vastrox/shared/certificate.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { IssuerService } from '#core/certificates/issuer-service.ts'
import type { KeptCertificates } from '#core/certificates/kept-certificates.ts'

const READ = { permission: 'node.read', scope: 'platform' } as const
const CHANGE = { permission: 'node.change', scope: 'platform' } as const
/** It decides what visitors are shown, or who may sign for our names. */
const CHANGE_FRESH = { ...CHANGE, fresh: true } as const
const Host = z.object({ host: z.string().max(260) })
const Id = z.object({ id: z.string().max(60) })
const Name = z.object({ name: z.string().max(60) })

/** Certificates of the installation, and the CAs that they come from. */
export const certificateRoutes =
  (kept: KeptCertificates, issuers: IssuerService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/certificates',
      {
        config: { access: READ },
        schema: {
          summary: 'Certificates that CAs gave, or people brought',
          response: { 200: pageOf(Certificate) },
        },
      },
      async ({ actor }) => ({ items: kept.list(actor), nextCursor: null }),
    )

    server.post(
      '/certificates',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Bring a certificate with its key; it is served for all of its names',
          body: UploadCertificate,
          response: { 201: UploadedCertificate },
        },
      },
      async ({ actor, body }, reply) => {
        const uploaded = await kept.upload(actor, body)
        reply.code(201)
        return uploaded
      },
    )

    server.post(
      '/certificates/check',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'What a certificate would be served for; nothing is kept of it',
          body: UploadCertificate,
          response: { 200: CheckedCertificate },
        },
      },
      async ({ actor, body }) => kept.check(actor, body),
    )

    server.delete(
      '/certificates/:id',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Remove a certificate that somebody brought',
          params: Id,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await kept.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.get(
      '/certificate-states',
      {
        config: { access: READ },
        schema: {
          summary: 'How HTTPS stands for every host, with the last words of the CA',
          response: { 200: pageOf(CertificateState) },
        },
      },
      async ({ actor }) => ({ items: kept.states(actor), nextCursor: null }),
    )

    server.get(
      '/certificate-states/:host/events',
      {
        config: { access: READ },
        schema: {
          summary: 'What became of the certificate of a host, latest first',
          params: Host,
          response: { 200: pageOf(CertificateEvent) },
        },
      },
      async ({ actor, params }) => ({
        items: kept.history(actor, params.host),
        nextCursor: null,
      }),
    )

    server.post(
      '/certificate-states/:host/renew',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Order a certificate for the host now',
          params: Host,
          response: { 202: CertificateState },
        },
      },
      async ({ actor, params }, reply) => {
        reply.code(202)
        return kept.renew(actor, params.host)
      },
    )

    server.get(
      '/issuers',
      {
        config: { access: READ },
        schema: {
          summary:
            'CAs that certificates are ordered from, in their order, and those known by name',
          response: { 200: IssuerList },
        },
      },
      async ({ actor }) => issuers.list(actor),
    )

    server.post(
      '/issuers',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Order from another CA when those before it cannot; its account is made at once',
          body: AddIssuer,
          response: { 201: Issuer },
        },
      },
      async ({ actor, body }, reply) => {
        const issuer = await issuers.add(actor, body)
        reply.code(201)
        return issuer
      },
    )

    server.patch(
      '/issuers/:name',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Change the order of a CA, switch it off or on, or its profile and chain',
          params: Name,
          body: ChangeIssuer,
          response: { 200: Issuer },
        },
      },
      async ({ actor, params, body }) => issuers.change(actor, params.name, body),
    )

    server.post(
      '/issuers/:name/test',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Ask a CA for its directory and for our account there',
          params: Name,
          response: { 200: Issuer },
        },
      },
      async ({ actor, params }) => issuers.test(actor, params.name),
    )

    server.delete(
      '/issuers/:name',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Order nothing more from a CA; what it gave stays',
          params: Name,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        issuers.remove(actor, params.name)
        reply.code(204)
        return null
      },
    )
  }
