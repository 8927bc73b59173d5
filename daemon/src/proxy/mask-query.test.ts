import { describe, expect, it } from 'vitest'
import { maskQuery } from './mask-query.ts'

describe('a query in the access log', () => {
  it.each([
    ['/', ''],
    ['/?', ''],
    ['/a?page=2&sort=name', 'page=2&sort=name'],
    ['/a?q=two+words&lang=', 'q=two+words&lang='],
    ['/a?token=abc', 'token=***'],
    ['/a?ACCESS_TOKEN=abc&x=1', 'ACCESS_TOKEN=***&x=1'],
    ['/a?api-key=1&apikey=2', 'api-key=***&apikey=***'],
    ['/cb?code=4%2F0Ab&state=xyz', 'code=***&state=***'],
    ['/a?%70assword=abc', '%70assword=***'],
    ['/reset?u=9f86d081884c7d659a2feaa0c55ad015', 'u=***'],
    ['/a?eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x1', '***'],
    ['/a?X-Amz-Signature=ff&X-Amz-Date=20260101', 'X-Amz-Signature=***&X-Amz-Date=20260101'],
    ['/a?bad=%zz', 'bad=%zz'],
    ['/a?next=/b?token=abc', 'next=***'],
    ['/a?next=%2Fb%3Fpage%3D2', 'next=%2Fb%3Fpage%3D2'],
  ])('%s', (target, masked) => {
    expect(maskQuery(target)).toBe(masked)
  })

  it('is cut after 512 characters', () => {
    const masked = maskQuery(`/a?${'x=1&'.repeat(400)}`)

    expect(masked.length).toBeLessThan(520)
    expect(masked.endsWith('…')).toBe(true)
  })
})
