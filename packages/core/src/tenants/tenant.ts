/** An organisation. Every row belongs to one. Its id is given by the host. */
export interface Tenant {
  id: string;
  name: string | null;
  isActive: boolean;
  /** The LiteLLM team the tenant is mapped to; null when the host maps none. */
  liteLlmTeamId: string | null;
}
