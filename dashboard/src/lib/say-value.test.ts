import { describe, expect, it } from 'vitest'
import { sayAxis, sayNumber, sayValue } from './say-value.ts'

describe('measured values', () => {
  it('have as many digits as tell something', () => {
    expect([0, 0.0001, 0.0421, 0.5, 1.5, 18, 18.26, 640.4, 12_400].map(sayNumber)).toEqual([
      '0',
      '0',
      '0.042',
      '0.5',
      '1.5',
      '18',
      '18.3',
      '640',
      '12.4K',
    ])
  })

  it('say their unit', () => {
    expect(sayValue('bytes', 200 * 2 ** 20)).toBe('200 MB')
    expect(sayValue('bytes/s', 1_536)).toBe('2 KB/s')
    expect(sayValue('cores', 0.5)).toBe('0.5 cores')
    expect(sayValue('cores', 1)).toBe('1 core')
    expect(sayValue('percent', 12.5)).toBe('12.5 %')
    expect(sayValue('per second', 3.25)).toBe('3.3/s')
    expect(sayValue('ms', 7.4)).toBe('7.4 ms')
    expect(sayValue('ms', 1_240)).toBe('1.2 s')
    expect(sayValue('days', 1)).toBe('1 day')
  })

  it('say nothing of what was not measured', () => {
    expect(sayValue('bytes', null)).toBe('–')
    expect(sayValue('count', undefined)).toBe('–')
  })

  it('leave out at an axis what the title says', () => {
    expect(sayAxis('cores', 0.25)).toBe('0.25')
    expect(sayAxis('percent', 50)).toBe('50 %')
  })
})
