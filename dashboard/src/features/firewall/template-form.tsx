import type { FirewallStatus, NewFirewallRule } from '@vastrox/shared/firewall.ts'
import {
  type FirewallTemplate,
  type TemplateValues,
  wrongWith,
} from '@vastrox/shared/firewall-templates.ts'
import { useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'

interface Props {
  template: FirewallTemplate
  status: FirewallStatus
  onAdd: (title: string, rules: NewFirewallRule[]) => void
  onClose: () => void
}

export function TemplateForm({ template, status, onAdd, onClose }: Props) {
  const [values, setValues] = useState<TemplateValues>(() => ({
    port: '',
    address: '',
    network: '',
    hours: '',
    ...Object.fromEntries(template.fields.map((field) => [field.name, field.default])),
    // Whoever shuts everything else should not shut themselves out.
    ...(template.id === 'web-only' && { network: status.yourAddress ?? '' }),
  }))
  const [asked, setAsked] = useState(false)
  const problems = template.fields.map(({ name }) => wrongWith(name, values[name]))

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (problems.some((problem) => problem !== undefined)) return
        const given = { now: new Date(), webPorts: status.webPorts }
        onAdd(template.title.toLowerCase(), template.rules(trimmed(values), given))
      }}
    >
      {template.fields.map(({ name, label, hint }, index) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          mono
          autoComplete="off"
          value={values[name]}
          error={asked ? problems[index] : undefined}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      ))}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary">
          {t('Add to the rules')}
        </Button>
      </DialogActions>
    </form>
  )
}

const trimmed = ({ port, address, network, hours }: TemplateValues): TemplateValues => ({
  port: port.trim(),
  address: address.trim(),
  network: network.trim(),
  hours: hours.trim(),
})
