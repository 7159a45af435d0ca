/** What a plan that can be applied has to say beside. */
export interface PlanWarning {
  readonly resource: string;
  readonly warning: string;
  /** The lines of source that it is about. */
  readonly frame?: string;
}
