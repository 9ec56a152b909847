"""Calls of open-1688 0.0.1 against a sandbox; what it got goes to stdout as JSON, for the test to compare."""

import json
import sys

from aop.api import BaseApi
from aop.exceptions import ApiError
from aop.structure import AppInfo

host, key, secret, token = sys.argv[1:5]
wish = json.loads(sys.argv[5])


class SellerCall(BaseApi):
    """The client's own list has buyers' methods only; this is its way to add one."""

    def __init__(self, uri, secret=secret):
        BaseApi.__init__(self, AppInfo(key, secret), host)
        self.uri = lambda: uri
        self.access_token = token

    def get_api_uri(self):
        return self.uri()

    def need_sign(self):
        return True

    def need_auth(self):
        return True

    def _get_nonnull_biz_params(self):
        params = BaseApi._get_nonnull_biz_params(self)
        params.pop("uri")
        return params


def refused(call):
    try:
        call()
    except ApiError as error:
        return error.error_code
    return None


orders = "1/com.alibaba.trade/alibaba.trade.getSellerOrderList"
got = {
    "orders": SellerCall(orders).get_response(page="1", pageSize="20", needMemoInfo="true", productName=wish["word"]),
    "products": SellerCall("1/com.alibaba.product/alibaba.product.list.get").get_response(pageNo="1", pageSize="20"),
    "written": SellerCall("1/com.alibaba.product/alibaba.product.modifyStock").get_response(
        webSite="1688",
        increaceModify="false",
        productStockChange=json.dumps(wish["change"], ensure_ascii=False),
    ),
    "wrong_secret": refused(lambda: SellerCall(orders, "another secret").get_response()),
    "no_such_method": refused(lambda: SellerCall("1/com.alibaba.trade/alibaba.trade.noSuch").get_response()),
}
print(json.dumps(got))
