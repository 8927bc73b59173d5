import type { FirewallStatus, NewFirewallRule } from '@vastrox/shared/firewall.ts'
import { FIREWALL_TEMPLATES, type FirewallTemplate } from '@vastrox/shared/firewall-templates.ts'
import { useState } from 'react'
import { RuleForm } from '#features/firewall/rule-form.tsx'
import { TemplateForm } from '#features/firewall/template-form.tsx'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'

interface Props {
  open: boolean
  status: FirewallStatus
  onClose: () => void
  /** The new rules in their order, for the top of the list. */
  onAdd: (title: string, rules: NewFirewallRule[]) => void
}

/** What people want most often is one click away; everything else has a form. */
export function NewRuleDialog({ open, status, onClose, onAdd }: Props) {
  const [template, setTemplate] = useState<FirewallTemplate | 'own'>()
  const close = () => {
    setTemplate(undefined)
    onClose()
  }
  const add = (title: string, rules: NewFirewallRule[]) => {
    setTemplate(undefined)
    onAdd(title, rules)
  }

  return (
    <Dialog
      open={open}
      onClose={close}
      title={template === undefined || template === 'own' ? t('New rule') : template.title}
      lead={
        template === undefined || template === 'own'
          ? t('It goes to the top of the list.')
          : template.lead
      }
    >
      {template === undefined && <Choice onChoose={setTemplate} />}
      {template === 'own' && <RuleForm onAdd={add} onClose={close} />}
      {template !== undefined && template !== 'own' && (
        <TemplateForm template={template} status={status} onAdd={add} onClose={close} />
      )}
    </Dialog>
  )
}

function Choice({ onChoose }: { onChoose: (template: FirewallTemplate | 'own') => void }) {
  return (
    <ul className="space-y-3">
      {FIREWALL_TEMPLATES.map((template) => (
        <li key={template.id} className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="min-w-0 flex-1 basis-52">
            <p className="font-medium">{template.title}</p>
            <p className="text-sm text-muted">{template.lead}</p>
          </div>
          <Button size="sm" aria-label={template.title} onClick={() => onChoose(template)}>
            {t('Use')}
          </Button>
        </li>
      ))}
      <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3">
        <div className="min-w-0 flex-1 basis-52">
          <p className="font-medium">{t('A rule of your own')}</p>
          <p className="text-sm text-muted">
            {t('Allow, deny or limit ports, from anywhere or not.')}
          </p>
        </div>
        <Button size="sm" aria-label={t('A rule of your own')} onClick={() => onChoose('own')}>
          {t('Use')}
        </Button>
      </li>
    </ul>
  )
}
