import { type AlertRuleDeps, createAlertRuleService } from '#core/alerts/alert-rule-service.ts'
import { type AlertServiceDeps, createAlertService } from '#core/alerts/alert-service.ts'
import { createSilenceService, type SilenceDeps } from '#core/alerts/silence-service.ts'
import type { AlertRuleStore } from '#store/alert-rule-store.ts'
import type { AlertStore } from '#store/alert-store.ts'

type Deps = Omit<AlertServiceDeps, 'store'> &
  Omit<AlertRuleDeps, 'store'> &
  SilenceDeps & { alerts: AlertStore; ruleStore: AlertRuleStore }

/** What the ways in call. */
export const createAlertServices = (deps: Deps) => ({
  alerts: createAlertService({ ...deps, store: deps.alerts }),
  alertRules: createAlertRuleService({ ...deps, store: deps.ruleStore }),
  silences: createSilenceService(deps),
})
export type AlertServices = ReturnType<typeof createAlertServices>

/** Loaded when somebody asks first: what fires needs none of it. */
export type LoadAlerts = () => Promise<AlertServices>
