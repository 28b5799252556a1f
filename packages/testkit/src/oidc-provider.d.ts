/** The part of it that is used; the package comes without types. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  interface Client {
    grantTypeAllowed(grant: string): boolean;
  }

  interface Account {
    accountId: string;
    claims(): Promise<{ sub: string; [claim: string]: unknown }>;
  }

  export class Provider {
    constructor(
      issuer: string,
      configuration: {
        clients: readonly object[];
        issueRefreshToken: (context: unknown, client: Client) => Promise<boolean>;
        findAccount: (context: unknown, id: string) => Account | undefined;
        [setting: string]: unknown;
      },
    );
    callback(): RequestListener;
  }
}
