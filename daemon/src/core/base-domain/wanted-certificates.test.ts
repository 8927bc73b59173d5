import { expect, it } from 'vitest'
import { wantedCertificates } from '#core/base-domain/wanted-certificates.ts'

const hosts = ['blog.example.com', 'shop.example.com', 'www.shop.test', 'a.b.example.com']
const facts = { baseDomain: 'example.com', canProveByDns: () => true, hasFailed: () => false }

it('asks for one star in place of one certificate for each app, where a proof by DNS can be given', () => {
  expect(wantedCertificates(hosts, facts)).toEqual([
    'www.shop.test',
    'a.b.example.com',
    '*.example.com',
  ])
})

it('asks for each singly where there is no DNS provider, and while the star is refused', () => {
  expect(wantedCertificates(hosts, { ...facts, canProveByDns: () => false })).toEqual(hosts)
  expect(wantedCertificates(hosts, { ...facts, hasFailed: () => true })).toEqual([
    ...hosts,
    '*.example.com',
  ])
})
