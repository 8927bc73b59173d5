import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type AddDnsProvider,
  type AddIssuer,
  Certificate,
  CertificateEvent,
  CertificateState,
  type ChangeIssuer,
  CheckedCertificate,
  DnsProviderInfo,
  DnsProviderList,
  Issuer,
  IssuerList,
  type UploadCertificate,
  UploadedCertificate,
} from '@vastrox/shared/certificate.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const certificateList = itemsOf(Certificate)
const stateList = itemsOf(CertificateState)
const eventList = itemsOf(CertificateEvent)
/** While something is on its way it is looked at without an event. */
const WAITING_EVERY_MS = 10_000

export const statesQuery = queryOptions({
  queryKey: ['certificates', 'states'],
  queryFn: ({ signal }) => api.get('/certificate-states', stateList, { signal }),
  refetchInterval: ({ state }) =>
    state.data?.some((each) => each.state === 'ordering') ? WAITING_EVERY_MS : false,
})

export const historyQuery = (host: string) =>
  queryOptions({
    queryKey: ['certificates', 'history', host],
    queryFn: ({ signal }) =>
      api.get(`/certificate-states/${encodeURIComponent(host)}/events`, eventList, { signal }),
  })

export const certificatesQuery = queryOptions({
  queryKey: ['certificates', 'kept'],
  queryFn: ({ signal }) => api.get('/certificates', certificateList, { signal }),
})

export const issuersQuery = queryOptions({
  queryKey: ['certificates', 'issuers'],
  queryFn: ({ signal }) => api.get('/issuers', IssuerList, { signal }),
})

export const dnsProvidersQuery = queryOptions({
  queryKey: ['certificates', 'dns-providers'],
  queryFn: ({ signal }) => api.get('/dns-providers', DnsProviderList, { signal }),
})

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: ['certificates'] }),
    // What was sent may hold a key: it goes with the form.
    gcTime: 0,
  })
}

export const useRenew = () =>
  useChange((host: string) =>
    api.post(`/certificate-states/${encodeURIComponent(host)}/renew`, CertificateState),
  )

export const useCheckUpload = () =>
  useMutation({
    mutationFn: (upload: UploadCertificate) =>
      api.post('/certificates/check', CheckedCertificate, upload),
    gcTime: 0,
  })
export const useUpload = () =>
  useChange((upload: UploadCertificate) => api.post('/certificates', UploadedCertificate, upload))
export const useRemoveCertificate = () =>
  useChange((id: string) => api.delete(`/certificates/${encodeURIComponent(id)}`, ignored))

const issuerPath = (name: string): string => `/issuers/${encodeURIComponent(name)}`

export const useAddIssuer = () => useChange((wish: AddIssuer) => api.post('/issuers', Issuer, wish))
export const useChangeIssuer = () =>
  useChange(({ name, ...change }: ChangeIssuer & { name: string }) =>
    api.patch(issuerPath(name), Issuer, change),
  )
export const useTestIssuer = () =>
  useChange((name: string) => api.post(`${issuerPath(name)}/test`, Issuer))
export const useRemoveIssuer = () =>
  useChange((name: string) => api.delete(issuerPath(name), ignored))

/** Puts the CAs in this order; only those that stand elsewhere now are sent. */
export const useOrderIssuers = () =>
  useChange(async (issuers: readonly Issuer[]) => {
    for (const [position, { name, position: before }] of issuers.entries())
      if (before !== position) await api.patch(issuerPath(name), Issuer, { position })
  })

const providerPath = (zone: string): string => `/dns-providers/${encodeURIComponent(zone)}`

export const useAddDnsProvider = () =>
  useChange((wish: AddDnsProvider) => api.post('/dns-providers', DnsProviderInfo, wish))
export const useTestDnsProvider = () =>
  useChange((zone: string) => api.post(`${providerPath(zone)}/test`, DnsProviderInfo))
export const useRemoveDnsProvider = () =>
  useChange((zone: string) => api.delete(providerPath(zone), ignored))
