import type { BaseDomainService } from '#core/base-domain/base-domain-service.ts'

/** Loaded when somebody asks about the base domain. */
export type LoadBaseDomain = () => Promise<BaseDomainService>
