# SPDX-License-Identifier: Apache-2.0
"""Azure virtual machines from saved pages of the Retail Prices API (prices.azure.com/api/retail/prices).

The API states no day of its own, so the day on which the pages were fetched is an argument. What it calls the price of a
reservation is that of the whole term.
"""

import json
from decimal import Decimal

from catalog_format import Source, Tables, sha256, usd

SOURCE_ID = "azure-retail-prices"
HOURS = {"1 Year": ("1y", Decimal(8760)), "3 Years": ("3y", Decimal(3 * 8760))}
# Numbers stay the text that they were: a price never passes through a float.
DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def is_machine(item):
    return (
        item["serviceName"] == "Virtual Machines"
        and item["armSkuName"] != ""
        and not item["productName"].endswith("Windows")
        and "CloudServices" not in item["productName"]
        and not item["productName"].endswith("Dedicated Host")
        and not item["meterName"].endswith("Low Priority")
        and usd(item["retailPrice"]) != "0"
    )


def prices_of(item):
    """(allocation, USD per hour)."""
    if item["type"] == "Reservation":
        suffix, hours = HOURS[item["reservationTerm"]]
        yield f"reserved_{suffix}", usd(str(Decimal(item["retailPrice"]) / hours))
        return
    if item["type"] != "Consumption":
        return
    if item["unitOfMeasure"] != "1 Hour":
        raise ValueError(f"{item['armSkuName']}: unit {item['unitOfMeasure']!r}; only hours are known")
    is_spot = item["meterName"].endswith("Spot")
    yield "spot" if is_spot else "on_demand", usd(item["retailPrice"])
    if not is_spot:
        for plan in item.get("savingsPlan", []):
            yield f"savings_{HOURS[plan['term']][0]}", usd(plan["retailPrice"])


def convert(paths, fetched_on):
    tables = Tables()
    for path in paths:
        with open(path, encoding="utf-8") as stream:
            page = DECODER.decode(stream.read())
        for item in page["Items"]:
            if not is_machine(item):
                continue
            if item["currencyCode"] != "USD":
                raise ValueError(f"{path}: {item['armSkuName']} is in {item['currencyCode']}; fetch the pages in USD")
            for allocation, amount in prices_of(item):
                tables.add_price(
                    provider="azure", instance_type=item["armSkuName"], region=item["armRegionName"], allocation=allocation,
                    usd_per_hour=amount, observed_at=fetched_on, effective_from=item["effectiveStartDate"][:10],
                    source_id=SOURCE_ID)  # fmt: skip
            # The API knows no vCPU, memory or GPU; the survey does, and it is merged first.
            tables.add_type(provider="azure", instance_type=item["armSkuName"], burstable="true" if item["armSkuName"].startswith("Standard_B") else "false",
                            runnable="none", source_id=SOURCE_ID, note="not described by the price list")  # fmt: skip
    tables.sources[SOURCE_ID] = Source(
        id=SOURCE_ID, origin="prices.azure.com/api/retail/prices", read_on=fetched_on, licence="published by the provider",
        standing="the provider's price API", converter="scripts/prices/azure_retail.py",
        input_sha256=" ".join(sha256(path) for path in paths))  # fmt: skip
    return tables
