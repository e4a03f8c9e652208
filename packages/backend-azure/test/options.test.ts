import { BlobServiceClient } from "@azure/storage-blob";
import { openAzureStore } from "@sluice/backend-azure";
import { openStore, StoreRegistry } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { serviceClient } from "../src/client.js";
import { azureBackend } from "../src/index.js";

const KEY = Buffer.from("a secret key").toString("base64");
const SECRET = "c2VjcmV0c2lnbmF0dXJl";
const account = { account: "example", accountKey: KEY };
const tokens = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };

describe("options", () => {
  test.each([
    [{ partSize: 1 }, /unknown option "partSize".*partBytes/],
    [{ partBytes: 1024 }, /partBytes/],
    [{ partBytes: 4001 * 2 ** 20 }, /partBytes/],
    [{ partsInFlight: 0 }, /partsInFlight/],
    [{ readWindowBytes: 1.5 }, /readWindowBytes/],
    [{ maxTries: "3" }, /maxTries/],
    [{ idleTimeoutMs: -1 }, /idleTimeoutMs/],
    [{ transactionalHash: "sha256" }, /"none", "md5", "crc64"/],
    [{ accessTier: "Warm" }, /"Hot", "Cool"/],
    [{ tags: { a: 1 } }, /tag "a"/],
    [{ endpoint: "" }, /endpoint/],
    [{ endpoint: "ftp://a" }, /http or https/],
    [{ endpoint: `https://a.blob.core.windows.net?sig=${SECRET}` }, /without a query/],
    [{ accountKey: KEY, sasToken: SECRET }, /one of accountKey, sasToken and credential/],
    [{ connectionString: "nonsense" }, /not one of Azure Storage/],
    [{ connectionString: `AccountKey=${SECRET}` }, /not one of Azure Storage/],
    [{ connectionString: "a", account: "b" }, /says everything/],
    [
      { client: BlobServiceClient.fromConnectionString("UseDevelopmentStorage=true"), sasToken: "s" },
      /says everything/,
    ],
  ])("%j are refused, without a secret in the message", async (options, message) => {
    const error = await openAzureStore("container", { account: "a", ...without(options) } as object).catch(
      (caught) => caught,
    );
    expect(error).toMatchObject({ code: "InvalidArgument", message: expect.stringMatching(message) });
    expect(error.message).not.toContain(SECRET);
  });

  test.each(["", "a", "UPPER", "a--b", "-ab", "a_b", "x".repeat(64), 7])("%j is no container", async (name) => {
    const { createContainer, deleteContainer } = azureBackend();
    const location = { scheme: "az", authority: name as string, prefix: "" };
    for (const call of [
      () => openAzureStore(name as string, account),
      () => createContainer?.(location, account),
      () => deleteContainer?.(location, account),
    ]) {
      await expect(Promise.resolve(call())).rejects.toMatchObject({ code: "InvalidArgument" });
    }
  });

  test("a base of the registry is checked as keys are", async () => {
    const registry = new StoreRegistry({ plugins: [azureBackend()], discovery: false });
    const open = (base: string) => openStore(base, { registry, backendOptions: account });
    expect((await open("az://container/a/b")).uri).toBe("az://container/a/b/");
    for (const base of ["az://container/a/../b", "az://container//", "az://c"]) {
      await expect(open(base), base).rejects.toMatchObject({ code: "InvalidArgument" });
    }
  });
});

/** Those that say everything of the account do not go with the account that the other cases need. */
function without(options: object): object {
  return "connectionString" in options || "client" in options ? { account: undefined, ...options } : options;
}

describe("the account", () => {
  const url = (options: object, environment = {}) => serviceClient(options, "test", environment).url;

  test("is that of the environment, where options say nothing", () => {
    const connection = `DefaultEndpointsProtocol=https;AccountName=env;AccountKey=${KEY};EndpointSuffix=core.windows.net`;
    const whole = { AZURE_STORAGE_CONNECTION_STRING: connection };
    expect(url({}, whole)).toBe("https://env.blob.core.windows.net/");
    expect(url(account, whole)).toBe("https://example.blob.core.windows.net/");
    expect(url({}, { AZURE_STORAGE_ACCOUNT: "a", AZURE_STORAGE_KEY: KEY })).toBe("https://a.blob.core.windows.net/");
    expect(url({}, { AZURE_STORAGE_ACCOUNT: "a", AZURE_STORAGE_SAS_TOKEN: "?sig=x" })).toMatch(/\?sig=x$/);
    expect(url({ sasToken: "sig=own" }, { AZURE_STORAGE_ACCOUNT: "a", AZURE_STORAGE_KEY: KEY })).toMatch(/\?sig=own$/);
  });

  test("may be of a sovereign cloud or an emulator, by endpoint", () => {
    expect(url({ ...account, endpoint: "https://example.blob.core.chinacloudapi.cn" })).toMatch(/chinacloudapi/);
    expect(url({ ...account, endpoint: "http://127.0.0.1:10000/devstoreaccount1" })).toMatch(
      /:10000\/devstoreaccount1/,
    );
    expect(url({ credential: tokens, endpoint: "https://example.blob.core.usgovcloudapi.net" })).toMatch(/usgov/);
  });

  test("takes a credential that gives tokens, or a client, as it is", () => {
    expect(serviceClient({ account: "a", credential: tokens }, "test", {}).credential).toBe(tokens);
    const client = new BlobServiceClient("https://a.blob.core.windows.net");
    expect(serviceClient({ client }, "test", {})).toBe(client);
  });

  test("without a credential is Unauthenticated, and without a name InvalidArgument", () => {
    expect(() => serviceClient({ account: "a" }, "test", {})).toThrow(
      expect.objectContaining({ code: "Unauthenticated" }),
    );
    expect(() => serviceClient({}, "test", {})).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
    expect(() => serviceClient({ accountKey: KEY, endpoint: "https://a" }, "test", {})).toThrow(/account's name/);
  });
});
